/** Messages as a list: each rendered by the kit, with what a person may do to it. */

import { h, keep } from "./dom.js";
import { renderMessage } from "./kit/index.js";

export class Messages {
  /** `inThread`: this is a thread's list, which shows its replies. */
  constructor(page, { inThread, label }) {
    this.page = page;
    this.inThread = inThread;
    this.list = h("ol", { class: "messages", "aria-label": label });
    this.element = h("div", { class: "scroller", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" }, this.list);
    this.shown = "";
  }

  draw(messages, shown) {
    const { element } = this;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    const people = this.page.store.people.size;
    keep(
      this.list,
      messages,
      (message) => message.ts,
      // What is typed into an edit stays, whatever happens to the message meanwhile.
      (message) => (this.page.editing === message.ts ? "edited" : `${message.stamp} ${people}`),
      (message) => this.item(message),
    );
    if (atEnd || shown !== this.shown) element.scrollTop = element.scrollHeight;
    this.shown = shown;
  }

  item(message) {
    if (this.page.editing === message.ts) return h("li", {}, this.editor(message));
    return h(
      "li",
      { class: "message", "data-ts": message.ts },
      renderMessage(message, this.page.context(message)),
      this.inThread ? null : this.replies(message),
      this.tools(message),
    );
  }

  replies(message) {
    if (!message.reply_count) return null;
    const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    return h("button", { type: "button", class: "replies", onclick: () => this.page.openThread(message.ts) }, words);
  }

  tools(message) {
    const { page } = this;
    const own = message.user === page.store.user && message.subtype === undefined;
    const isSeenByAll = !message.only_for && message.subtype !== "tombstone";
    const buttons = [
      isSeenByAll && !this.inThread ? tool("Reply in thread", "💬", () => page.openThread(message.thread_ts ?? message.ts)) : null,
      isSeenByAll ? tool("React with 👍", "👍", () => page.try("react", { ...place(message), name: "+1" })) : null,
      isSeenByAll ? tool("React with 👎", "👎", () => page.try("react", { ...place(message), name: "-1" })) : null,
      message.bot_id && isSeenByAll ? tool("Why this answer", "?", () => page.beside.openWhy(message)) : null,
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

function place(message) {
  return { channel: message.channel, ts: message.ts };
}

function tool(label, sign, act) {
  return h("button", { type: "button", title: label, "aria-label": label, onclick: act }, sign);
}
