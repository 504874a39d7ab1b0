/**
 * The markdown block. markdown-it reads it, without HTML; elements are made of its tokens, so that
 * no markup of ours or others is ever parsed by the browser.
 */

import "./vendor/markdown-it.min.js";
import { link, make, safeAddress, unknown } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { control } from "./mentions.js";
import { scrolled } from "./table.js";

const parser = globalThis.markdownit({ html: false, linkify: true, breaks: true });
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
// What may be followed is decided by `link`: a link to elsewhere stays text with its label.
parser.validateLink = () => true;

const TAGS = new Set([
  "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "em", "strong", "s",
  "table", "thead", "tbody", "tr", "th", "td",
]);
const CLASSES = { blockquote: "kit-quote", ul: "kit-list", ol: "kit-list", table: "kit-table", th: "kit-cell", td: "kit-cell" };
const MENTION = /<([@#!][^<>\n|]{1,80}(?:\|[^<>\n]{0,200})?)>/;

/** Return the elements of a text in Markdown. */
export function markdown(text, context) {
  return built(parser.parse(text, {}), context);
}

function built(tokens, context) {
  const root = make("div", {});
  const open = [root];
  for (const token of tokens) {
    if (token.hidden) continue; // the paragraphs of a tight list
    if (token.nesting < 0) {
      open.pop();
    } else if (token.nesting > 0) {
      const element = opened(token);
      open.at(-1).append(element.dataset.kitTable ? scrolled(element) : element);
      open.push(element);
    } else {
      open.at(-1).append(...leaf(token, context));
    }
  }
  return [...root.childNodes];
}

function opened(token) {
  if (token.type === "link_open") {
    const address = token.attrGet("href");
    return address === null ? make("span") : link(readable(address));
  }
  if (!TAGS.has(token.tag)) return unknown("Markdown", { type: token.type });
  const element = make(token.tag, {
    class: `${CLASSES[token.tag] ?? "kit-markdown"}${aligned(token)}`,
    start: token.tag === "ol" ? token.attrGet("start") : null,
    scope: token.tag === "th" ? "col" : null,
  });
  if (token.tag === "table") element.dataset.kitTable = "yes";
  return element;
}

/** markdown-it writes a column's alignment as a style, which the page's policy forbids. */
function aligned(token) {
  const found = /^text-align:(left|center|right)$/.exec(token.attrGet("style") ?? "");
  return found === null ? "" : ` kit-${found[1]}`;
}

/** Return the address as it was written, where markdown-it has only changed its case or coding. */
function readable(address) {
  return safeAddress(address) ?? "";
}

function leaf(token, context) {
  switch (token.type) {
    case "inline":
      return built(token.children, context);
    case "text":
    case "text_special":
      return words(token.content, context);
    case "softbreak":
    case "hardbreak":
      return [make("br")];
    case "code_inline":
      return [make("code", { class: "kit-code" }, token.content)];
    case "fence":
    case "code_block":
      return [make("pre", { class: "kit-code-block" }, make("code", {}, token.content.replace(/\n$/, "")))];
    case "hr":
      return [make("hr", { class: "kit-divider" })];
    case "image":
      return [image(token)];
    default:
      return [unknown("Markdown", { type: token.type, content: token.content })];
  }
}

/** An image is never fetched: its words and its address are shown. */
function image(token) {
  const address = token.attrGet("src") ?? "";
  return make("span", { class: "kit-image-inline" }, `${token.content} (`, link(address, address), ")");
}

/** Return text with Slack's mentions and emoji, which live in Markdown too. */
function words(text, context) {
  const parts = text.split(MENTION);
  return parts.flatMap((part, number) =>
    number % 2 ? [control(part, context, (raw) => raw, (label) => [label])] : withEmoji(part),
  );
}
