/** Blocks of Block Kit, by type. */

import { link, make, newId, unknown } from "./dom.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";
import { table } from "./table.js";
import { text, words } from "./text.js";

const LONG = { characters: 1500, lines: 30 };
/** Slack folds sections about as long as this, unless they say `expand`. */

const BLOCKS = {
  section,
  header: (block, { context }) => text(block.text, context, "kit-header", "h3"),
  divider: () => make("hr", { class: "kit-divider" }),
  context: (block, scope) =>
    make("div", { class: "kit-context" }, ...block.elements.map((part) => small(part, scope))),
  actions: (block, scope) =>
    make("div", { class: "kit-actions" }, ...block.elements.map((part) => element(part, block, scope))),
  context_actions: (block, scope) =>
    make("div", { class: "kit-actions" }, ...block.elements.map((part) => element(part, block, scope))),
  markdown: (block, { context }) => make("div", { class: "kit-text kit-from-markdown" }, ...markdown(block.text, context)),
  rich_text: (block, { context }) => make("div", { class: "kit-rich-text" }, ...richText(block, context)),
  image: (block) =>
    make(
      "figure",
      { class: "kit-image" },
      ...(block.title ? [make("figcaption", {}, words(block.title))] : []),
      image(block),
    ),
  table,
  alert: (block, { context }) => {
    const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
    return make("div", { class: `kit-alert kit-alert-${level}`, role: "note" }, text(block.text, context));
  },
  input,
};

/** Return the elements of blocks. A block that is unknown, or is not as Slack's are, is a red box. */
export function blocks(list, scope) {
  return (Array.isArray(list) ? list : [list]).map((block) => one(block, scope));
}

function one(block, scope) {
  const show = Object.hasOwn(BLOCKS, block?.type) ? BLOCKS[block.type] : null;
  if (show === null) return unknown("block", block);
  try {
    const shown = show(block, scope);
    shown.classList.add("kit-block");
    if (typeof block.block_id === "string") shown.dataset.blockId = block.block_id;
    return shown;
  } catch (error) {
    // A part is missing that Slack's blocks of this type have.
    if (!(error instanceof TypeError)) throw error;
    console.error(error);
    return unknown("form of block", block);
  }
}

function section(block, scope) {
  if (block.text === undefined && block.fields === undefined) throw new TypeError("a section without text");
  const body = make("div", { class: "kit-section-body" });
  if (block.text !== undefined) body.append(folded(block, text(block.text, scope.context)));
  if (block.fields !== undefined) {
    const fields = block.fields.map((field) => text(field, scope.context, "kit-text kit-field"));
    body.append(make("div", { class: "kit-fields" }, ...fields));
  }
  if (block.accessory === undefined) return make("div", { class: "kit-section" }, body);
  const accessory = block.accessory.type === "image" ? image(block.accessory) : element(block.accessory, block, scope);
  return make("div", { class: "kit-section" }, body, make("div", { class: "kit-accessory" }, accessory));
}

/** Fold a long text, as Slack does, below a button. */
function folded(block, shown) {
  const source = String(block.text.text ?? "");
  const long = source.length > LONG.characters || source.split("\n").length > LONG.lines;
  if (block.expand === true || !long) return shown;
  shown.id = newId("long");
  shown.classList.add("kit-folded");
  const more = make("button", { class: "kit-more", type: "button", "aria-expanded": "false", "aria-controls": shown.id }, "See more");
  more.addEventListener("click", () => {
    const open = !shown.classList.toggle("kit-folded");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "See less" : "See more";
  });
  return make("div", {}, shown, more);
}

function small(part, { context }) {
  if (part?.type === "image") return image(part);
  return part?.type === "mrkdwn" || part?.type === "plain_text" ? text(part, context, "kit-text") : unknown("element", part);
}

/** An image is never fetched: its words and its address are shown. */
function image(spec) {
  const address = spec.image_url ?? spec.slack_file?.url ?? spec.slack_file?.id ?? "";
  return make(
    "div",
    { class: "kit-image-words" },
    make("span", { "aria-hidden": "true" }, "🖼️ "),
    make("span", {}, String(spec.alt_text)),
    make("small", { class: "kit-address" }, link(address, String(address))),
  );
}

function input(block, scope) {
  const [label, hint, error] = ["label", "hint", "error"].map(newId);
  const optional = block.optional === true;
  const described = [block.hint ? hint : null, error].filter(Boolean).join(" ");
  const names = {
    attributes: {
      "aria-label": null,
      "aria-labelledby": label,
      "aria-describedby": described,
      "aria-required": optional || NOT_REQUIRED.has(block.element?.type) ? null : "true",
    },
  };
  const field = element(block.element, block, scope, names);
  const shown = make(
    "div",
    { class: "kit-field-group", "data-kit-input": block.block_id ?? "", "data-optional": optional ? "yes" : "no" },
    make(
      "div",
      { class: "kit-label", id: label },
      words(block.label),
      ...(optional ? [make("span", { class: "kit-optional" }, " (optional)")] : []),
    ),
    field,
    make("div", { class: "kit-error", id: error, role: "alert", "data-kit-error": "" }),
  );
  if (block.hint) shown.append(make("div", { class: "kit-hint", id: hint }, words(block.hint)));
  // A press on the words goes to the field, as with a label of HTML.
  shown.firstChild.addEventListener("click", () => field.querySelector("input, select, textarea, summary")?.focus() ?? field.focus());
  return shown;
}

/** A group of boxes has a role that knows no "required". */
const NOT_REQUIRED = new Set([
  "checkboxes",
  "multi_static_select",
  "multi_users_select",
  "multi_channels_select",
  "multi_conversations_select",
]);
