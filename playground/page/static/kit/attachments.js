/** What hangs on a message: attachments of the old kind, files, reactions. */

import { blocks } from "./blocks.js";
import { link, make } from "./dom.js";
import { emoji } from "./emoji.js";
import { timeOf } from "./dates.js";
import { mrkdwn } from "./mrkdwn.js";

/** Return an attachment; nothing in it is fetched. */
export function attachment(content, scope) {
  const { context } = scope;
  const words = (name, text) =>
    text === undefined || text === "" ? null : make("div", { class: name }, ...mrkdwn(String(text), context));
  const linked = (text, address) => (address ? link(address, String(text)) : String(text));
  const body = make(
    "div",
    { class: "kit-attachment" },
    content.author_name ? make("div", { class: "kit-small" }, linked(content.author_name, content.author_link)) : null,
    content.title ? make("strong", {}, linked(content.title, content.title_link)) : null,
    words("kit-text", content.text),
    ...(content.fields ?? []).map((field) =>
      make("div", { class: "kit-field" }, words("kit-field-title", field.title), words("kit-text", field.value)),
    ),
    ...(content.blocks ? blocks(content.blocks, scope) : []),
    ...["image_url", "thumb_url"].filter((name) => content[name]).map((name) =>
      make("div", { class: "kit-image-words" }, "🖼️ ", link(content[name], String(content[name]))),
    ),
    content.footer ? make("div", { class: "kit-small" }, String(content.footer), content.ts ? ` · ${timeOf(content.ts)}` : "") : null,
  );
  if (body.childNodes.length === 0) body.append(String(content.fallback ?? JSON.stringify(content)));
  const color = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[content.color] ?? content.color;
  if (/^#?[0-9a-f]{6}$/i.test(color ?? "")) body.style.borderInlineStartColor = `#${color.replace("#", "")}`;
  return make("div", {}, words("kit-text", content.pretext), body);
}

/** Return the names of files. */
export function files(list) {
  return make(
    "ul",
    { class: "kit-files", "aria-label": "Files" },
    ...list.map((file) => make("li", {}, `📎 ${file.title || file.name || file.id || "File"}`)),
  );
}

/** Return reactions with their counts. */
export function reactions(list, context) {
  const named = (id) => context.people?.get(id)?.name ?? id;
  return make(
    "ul",
    { class: "kit-reactions", "aria-label": "Reactions" },
    ...list.map(({ name, users = [], count = users.length }) =>
      make("li", { class: "kit-reaction", title: users.map(named).join(", ") }, emoji(name), ` ${count}`),
    ),
  );
}
