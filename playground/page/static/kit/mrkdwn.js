/**
 * Slack's mrkdwn as elements. Linear in the length of the text: each pattern is tried at a place
 * and stops at the next mark of its kind.
 */

import { make } from "./dom.js";
import { emojiAt, withEmoji } from "./emoji.js";
import { broadcast, control } from "./mentions.js";

const TAGS = { "*": "strong", _: "em", "~": "s" };
const FENCE = "```";
const CONTROL = /<([^<>\n]+)>/y;
const CODE = /`([^`\n]+)`/y;
const ADDRESS = /https?:\/\/[^\s<>|"'`]+/y;
const PING = /@(here|channel|everyone)\b/y;
const WORD = /[\p{L}\p{N}]/u;
const QUOTE = /^(?:&gt;|>)(?!(?:&gt;|>)(?:&gt;|>)) ?/;
const LONG_QUOTE = /^(?:&gt;|>){3} ?/;

/** Return the characters behind Slack's three entities. */
export function decoded(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/**
 * Return nodes for mrkdwn. `verbatim`: bare addresses and pings stay text, as the app asked;
 * `pings`: without verbatim, `@here` and its like are live too, as in a text object.
 */
export function mrkdwn(text, context, { verbatim = false, pings = false } = {}) {
  const marks = { verbatim, pings: pings && !verbatim };
  return fenced(text).flatMap((piece) =>
    piece.code ? [codeBlock(piece.text, context)] : lines(piece.text, context, marks),
  );
}

/** Cut the text at its fences; a fence that is never closed is text. */
function fenced(text) {
  const pieces = [];
  let end = 0;
  for (;;) {
    const open = text.indexOf(FENCE, end);
    const close = open < 0 ? -1 : text.indexOf(FENCE, open + FENCE.length + 1);
    if (close < 0) break;
    // The line breaks around a block of code are the block's own.
    pieces.push({ text: text.slice(end, open).replace(/\n$/, "") });
    pieces.push({ code: true, text: text.slice(open + FENCE.length, close) });
    end = close + FENCE.length;
    if (text[end] === "\n") end += 1;
  }
  pieces.push({ text: text.slice(end) });
  return pieces.filter((piece) => piece.text !== "");
}

function codeBlock(text, context) {
  const inner = text.replace(/^\n/, "").replace(/\n$/, "");
  return make("pre", { class: "kit-code-block" }, make("code", {}, ...literal(inner, context)));
}

/** Return code's content, in which only Slack's control sequences are live. */
function literal(text, context) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    CONTROL.lastIndex = at;
    const found = text[at] === "<" ? CONTROL.exec(text) : null;
    if (found === null) {
      plain += text[at];
      at += 1;
    } else {
      nodes.push(decoded(plain), control(found[1], context, decoded, (label) => [decoded(label)]));
      plain = "";
      at = CONTROL.lastIndex;
    }
  }
  return [...nodes, decoded(plain)];
}

function lines(text, context, marks) {
  const nodes = [];
  let quote = null;
  let long = false;
  for (const line of text.split("\n")) {
    const mark = long ? null : (LONG_QUOTE.exec(line) ?? QUOTE.exec(line));
    if (long || mark !== null) {
      if (quote === null) nodes.push((quote = make("blockquote", { class: "kit-quote" })));
      else quote.append("\n");
      quote.append(...inline(mark === null ? line : line.slice(mark[0].length), context, marks));
      long ||= mark !== null && LONG_QUOTE.test(line);
    } else {
      // A quotation ends its line by itself.
      if (nodes.length > 0 && quote === null) nodes.push("\n");
      quote = null;
      nodes.push(...inline(line, context, marks));
    }
  }
  return nodes;
}

/** Return the nodes of one line: formatting never runs over the end of a line. */
export function inline(line, context, marks = {}) {
  const out = new Pairs();
  for (let at = 0; at < line.length; ) at = step(line, at, context, marks, out);
  return out.finished();
}

/** Put what stands at a place into `out`, and return where it ends. */
function step(line, at, context, marks, out) {
  const character = line[at];
  if (character === "<" && matched(CONTROL, line, at)) {
    const [, content] = matched(CONTROL, line, at);
    out.node(control(content, context, decoded, label));
    return CONTROL.lastIndex;
  }
  if (character === "`" && matched(CODE, line, at)) {
    const [, content] = matched(CODE, line, at);
    out.node(make("code", { class: "kit-code" }, ...literal(content, context)));
    return CODE.lastIndex;
  }
  if (character === ":" && emojiAt(line, at)) {
    const { node, end } = emojiAt(line, at);
    out.node(node);
    return end;
  }
  if (Object.hasOwn(TAGS, character)) {
    out.mark(character, line, at);
    return at + 1;
  }
  if (!marks.verbatim && !isWord(line[at - 1])) {
    if (character === "h" && matched(ADDRESS, line, at)) return address(line, at, context, out);
    if (marks.pings && character === "@" && matched(PING, line, at)) {
      out.node(broadcast(matched(PING, line, at)[1]));
      return PING.lastIndex;
    }
  }
  out.text(character);
  return at + 1;
}

function address(line, at, context, out) {
  const found = matched(ADDRESS, line, at)[0].replace(/&[lg]t;.*/, "").replace(/[.,;:!?)]+$/, "");
  out.node(control(found, context, decoded, () => []));
  return at + found.length;
}

/** Return a link's label, in which emoji alone are more than text. */
function label(text) {
  return withEmoji(decoded(text));
}

function matched(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function isWord(character) {
  return character !== undefined && WORD.test(character);
}

/**
 * Nodes with the marks of formatting between them. A mark that finds its partner makes an element
 * of what is between them; one that does not is text. A kind is open once at most, so that
 * elements are three deep at most.
 */
class Pairs {
  constructor() {
    this.open = [{ mark: "", nodes: [], plain: "" }];
  }

  get top() {
    return this.open.at(-1);
  }

  text(character) {
    this.top.plain += character;
  }

  node(node) {
    flush(this.top);
    this.top.nodes.push(node);
  }

  mark(mark, line, at) {
    const [before, after] = [line[at - 1], line[at + 1]];
    const level = this.open.findIndex((one) => one.mark === mark);
    const closes = before !== undefined && !/\s/.test(before) && before !== mark && !isWord(after);
    if (level > 0 && closes && !isEmpty(this.open, level)) {
      this.abandon(level + 1);
      const { nodes } = flush(this.open.pop());
      this.node(make(TAGS[mark], {}, ...nodes));
    } else if (level < 0 && !isWord(before) && after !== undefined && !/\s/.test(after) && after !== mark) {
      this.open.push({ mark, nodes: [], plain: "" });
    } else {
      this.text(mark);
    }
  }

  /** Turn the open marks from a level on into text. */
  abandon(level) {
    while (this.open.length > level) {
      const { mark, nodes } = flush(this.open.pop());
      this.text(mark);
      for (const node of nodes) this.node(node);
    }
  }

  finished() {
    this.abandon(1);
    return flush(this.top).nodes;
  }
}

function isEmpty(open, level) {
  return open.length === level + 1 && open[level].nodes.length === 0 && open[level].plain === "";
}

function flush(level) {
  if (level.plain !== "") level.nodes.push(document.createTextNode(decoded(level.plain)));
  level.plain = "";
  return level;
}
