/** The rich_text block: what a person typed, and cells of tables. */

import { formatted } from "./dates.js";
import { link, make, unknown } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channel, group, person } from "./mentions.js";

const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u" };
const PARTS = {
  rich_text_section: (part, context) =>
    make("div", { class: "kit-rich-section" }, ...inlines(part, context)),
  rich_text_quote: (part, context) =>
    make("blockquote", { class: "kit-quote" }, ...inlines(part, context)),
  rich_text_preformatted: (part, context) =>
    make(
      "pre",
      { class: "kit-code-block" },
      make("code", {}, ...inlines(part, context)),
    ),
  rich_text_list: list,
};
const INLINES = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text || part.url),
  user: (part, context) => person(part.user_id, context),
  usergroup: (part, context) => group(part.usergroup_id, context),
  channel: (part, context) => channel(part.channel_id, context),
  broadcast: (part) => broadcast(part.range),
  emoji: (part) => emoji(part.name, part.unicode),
  date,
  color,
};

/** Return the elements of a rich_text block, one for each of its parts. */
export function richText(block, context) {
  return (block.elements ?? []).map((part) => {
    const show = Object.hasOwn(PARTS, part?.type) ? PARTS[part.type] : null;
    return show === null ? unknown("rich text", part) : show(part, context);
  });
}

function inlines(part, context) {
  return (part.elements ?? []).map((one) => {
    const show = Object.hasOwn(INLINES, one?.type) ? INLINES[one.type] : null;
    return show === null ? unknown("rich text element", one) : styled(show(one, context), one.style);
  });
}

function styled(node, style) {
  if (style === null || typeof style !== "object") return node;
  const names = Object.keys(STYLES).filter((name) => style[name] === true);
  return names.reduce(
    (inner, name) => make(STYLES[name], name === "code" ? { class: "kit-code" } : {}, inner),
    node,
  );
}

/** Slack sends nested lists flat, each with its depth. */
function list(part, context) {
  const ordered = part.style === "ordered";
  const depth = Math.min(Math.max(Number(part.indent) || 0, 0), 8);
  const first = (Number(part.offset) || 0) + 1;
  return make(
    ordered ? "ol" : "ul",
    { class: `kit-list kit-indent-${depth}`, start: ordered && first !== 1 ? first : null },
    ...(part.elements ?? []).map((item) =>
      make("li", {}, ...(item?.type === "rich_text_section" ? inlines(item, context) : [unknown("list item", item)])),
    ),
  );
}

function date(part, context) {
  const shown = formatted(Number(part.timestamp), String(part.format), context) ?? part.fallback;
  const words = make("time", { title: part.fallback || null }, shown || String(part.timestamp));
  return part.url ? link(part.url, words) : words;
}

function color(part) {
  const sample = make("span", { class: "kit-color", "aria-hidden": "true" });
  if (/^#[0-9a-f]{6}$/i.test(part.value)) sample.style.backgroundColor = part.value;
  return make("span", {}, sample, String(part.value));
}
