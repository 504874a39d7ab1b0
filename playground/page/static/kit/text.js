/** Text objects: `plain_text` and `mrkdwn`. */

import { make, unknown } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/** Return the nodes of a text object. */
export function textNodes(content, context) {
  if (content?.type === "plain_text" && typeof content.text === "string") return plainNodes(content);
  if (content?.type === "mrkdwn" && typeof content.text === "string") {
    return mrkdwn(content.text, context, { verbatim: content.verbatim === true, pings: true });
  }
  return [unknown("text object", content)];
}

/** Return a text object in an element of its own. */
export function text(content, context, name = "kit-text", tag = "div") {
  return make(tag, { class: name }, ...textNodes(content, context));
}

/** Return the words of a plain text object, for places that take no elements. */
export function words(content) {
  const shown = plainNodes({ text: typeof content?.text === "string" ? content.text : "" });
  return shown.map((node) => (typeof node === "string" ? node : node.textContent)).join("");
}

function plainNodes(content) {
  return content.emoji === false ? [content.text] : withEmoji(content.text);
}
