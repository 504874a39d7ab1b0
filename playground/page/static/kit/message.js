/** A message: who wrote it, what it holds, what hangs on it. */

import { attachment, files, reactions } from "./attachments.js";
import { blocks } from "./blocks.js";
import { timeOf } from "./dates.js";
import { make } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { Scope } from "./scope.js";

/**
 * Return a message. It is Slack's message object, with `channel`, `only_for` (the person who alone
 * sees it), `streaming` (it is still being written) and `stopped` (somebody stopped that).
 */
export function renderMessage(message, context) {
  const scope = new Scope(context, "message", container(message));
  const root = make("article", {
    class: "kit kit-message",
    "data-ts": message.ts,
    "aria-label": `Message of ${author(message, context)}, ${timeOf(message.ts)}`,
    "aria-busy": message.streaming === true ? "true" : null,
  });
  if (message.only_for) root.append(make("div", { class: "kit-only-you" }, "👁️ Only visible to you"));
  root.append(head(message, context), body(message, scope));
  scope.root = root;
  return root;
}

function container(message) {
  const place = { type: "message", message_ts: message.ts, channel_id: message.channel, is_ephemeral: Boolean(message.only_for) };
  return message.thread_ts === undefined ? place : { ...place, thread_ts: message.thread_ts };
}

function author(message, context) {
  return context.people?.get(message.user)?.name || message.username || message.user || "Somebody";
}

function head(message, context) {
  const name = author(message, context);
  return make(
    "div",
    { class: "kit-head" },
    make("span", { class: "kit-avatar", "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?"),
    make("bdi", { class: "kit-author" }, name),
    message.bot_id ? make("span", { class: "kit-app" }, "APP") : null,
    make("time", { class: "kit-time" }, timeOf(message.ts)),
  );
}

function body(message, scope) {
  const { context } = scope;
  const shown = make("div", { class: "kit-body" });
  if (message.subtype === "tombstone") shown.classList.add("kit-tombstone");
  if (message.blocks?.length > 0) shown.append(...blocks(message.blocks, scope));
  else if (message.text) shown.append(make("div", { class: "kit-text kit-block" }, ...mrkdwn(message.text, context)));
  if (message.streaming === true) shown.append(make("span", { class: "kit-caret", role: "img", "aria-label": "still writing" }));
  if (message.stopped === true) shown.append(make("span", { class: "kit-edited" }, "(stopped)"));
  if (message.edited) shown.append(make("span", { class: "kit-edited" }, "(edited)"));
  shown.append(...(message.attachments ?? []).map((one) => attachment(one, scope)));
  if (message.files?.length > 0) shown.append(files(message.files));
  if (message.reactions?.length > 0) shown.append(reactions(message.reactions, context));
  return shown;
}
