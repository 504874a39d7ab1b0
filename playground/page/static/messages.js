/** Messages as a list: each rendered by the kit, with what a person may do to it. */

import { h, keep } from "./dom.js";
import { renderMessage } from "./kit/index.js";

export class Messages {
  /** `inThread`: this is the list of one thread. */
  constructor(page, { inThread, label }) {
    this.page = page;
    this.inThread = inThread;
    this.below = false;
    this.ends = new Set();
    this.list = h("ol", { class: "messages", "aria-label": label });
    this.element = h("div", { class: "scroller", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" }, this.list);
    this.shown = "";
  }

  /** With `below`, replies are in the list, each below the message that began its thread. */
  draw(messages, shown, { below = false } = {}) {
    const { element } = this;
    this.below = below;
    this.ends = new Set(new Map(messages.map((one) => [one.thread_ts ?? one.ts, one.ts])).values());
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    const people = this.page.store.people.size;
    keep(
      this.list,
      messages,
      (message) => message.ts,
      // What is typed into an edit stays, whatever happens to the message meanwhile.
      (message) => (this.page.editing === message.ts ? "edited" : `${message.stamp} ${people} ${this.isEnd(message)}`),
      (message) => this.item(message),
    );
    if (atEnd || shown !== this.shown) this.scrollToLast();
    this.shown = shown;
  }

  /** Scroll to the end, but not past the beginning of the last answer and its question. */
  scrollToLast() {
    const last = this.list.lastElementChild;
    const from = last?.previousElementSibling ?? last;
    if (from) this.element.scrollTop += from.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
  }

  item(message) {
    if (this.page.editing === message.ts) return h("li", {}, this.editor(message));
    return h(
      "li",
      { class: isReply(message) && this.below ? "message reply" : "message", "data-ts": message.ts },
      renderMessage(message, this.page.context(message)),
      h("div", { class: "next-to" }, this.reasons(message), this.inThread ? null : this.replies(message)),
      this.tools(message),
    );
  }

  /** Return whether a reply is the last of its thread, in a list that shows replies. */
  isEnd(message) {
    return this.below && isReply(message) && this.ends.has(message.ts);
  }

  /** Every answer has its reasons; so have those that only their asker sees. */
  reasons(message) {
    const isRated = message.blocks?.some((block) => block.type === "context_actions");
    if (!message.bot_id || message.streaming || !(isRated || (isReply(message) && !message.only_for))) return null;
    return h("button", { type: "button", class: "quiet reasons", onclick: () => this.page.beside.openWhy(message) }, "Why this answer");
  }

  replies(message) {
    const open = (words) => h("button", { type: "button", class: "replies", onclick: () => this.page.openThread(message.thread_ts ?? message.ts) }, words);
    if (this.below) return this.isEnd(message) ? open("Reply") : null;
    if (!message.reply_count) return null;
    return open(message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`);
  }

  tools(message) {
    const { page } = this;
    const own = message.user === page.store.user && message.subtype === undefined;
    const isSeenByAll = !message.only_for && message.subtype !== "tombstone";
    const buttons = [
      isSeenByAll && !this.inThread ? tool("Reply in thread", "💬", () => page.openThread(message.thread_ts ?? message.ts)) : null,
      isSeenByAll ? tool("React with 👍", "👍", () => page.try("react", { ...place(message), name: "+1" })) : null,
      isSeenByAll ? tool("React with 👎", "👎", () => page.try("react", { ...place(message), name: "-1" })) : null,
      own ? tool("Edit", "✏️", () => page.edit(message.ts)) : null,
      own ? tool("Delete", "🗑️", () => page.try("delete", place(message))) : null,
    ].filter(Boolean);
    return buttons.length > 0 ? h("div", { class: "tools", role: "group", "aria-label": "Message actions" }, buttons) : null;
  }

  editor(message) {
    const { page } = this;
    const field = h("textarea", { rows: 3, "aria-label": "Edit the message" });
    field.value = page.plain(message.text);
    const save = () => {
      page.edit(null);
      page.try("edit", { ...place(message), text: field.value });
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") page.edit(null);
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      }
    });
    queueMicrotask(() => field.focus());
    return h(
      "div",
      { class: "editor" },
      field,
      h("button", { type: "button", onclick: () => page.edit(null) }, "Cancel"),
      h("button", { type: "button", class: "primary", onclick: save }, "Save"),
    );
  }
}

function isReply(message) {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts;
}

function place(message) {
  return { channel: message.channel, ts: message.ts };
}

function tool(label, sign, act) {
  return h("button", { type: "button", title: label, "aria-label": label, onclick: act }, sign);
}
