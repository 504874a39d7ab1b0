/** The place beside the conversation: why an answer is as it is, and pages of the demo's wikis. */

import { h } from "./dom.js";
import { Reader } from "./reader.js";
import { why } from "./why.js";

const MESSAGE = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?(?:[^#]*&)?thread_ts=([\d.]+))?/;

export class Beside {
  constructor(page) {
    this.page = page;
    this.reader = new Reader(page);
    this.pages = [];
    this.title = h("h2", { class: "title grow", tabindex: "-1" });
    this.body = h("div", { class: "scroller", tabindex: "0" });
    const close = h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => this.close() }, "✕");
    this.element = h(
      "section",
      { class: "side beside", hidden: true, onkeydown: (event) => event.key === "Escape" && this.close() },
      h("header", { class: "bar" }, this.title, close),
      this.body,
    );
    document.addEventListener("click", (event) => this.followed(event));
  }

  async openWhy(message) {
    try {
      const told = await this.page.store.do("why", { channel: message.channel, ts: message.ts });
      this.open("Why this answer", why(told.why));
    } catch (error) {
      this.page.complain(error.message);
    }
  }

  async openPage(url) {
    try {
      await this.reader.open(url);
      this.open("Wiki page", this.reader.element);
    } catch (error) {
      this.page.complain(error.message);
    }
  }

  open(title, content) {
    this.page.complain("");
    this.from = document.activeElement;
    this.title.textContent = title;
    this.element.setAttribute("aria-label", title);
    this.body.setAttribute("aria-label", title);
    this.body.replaceChildren(content);
    this.body.scrollTop = 0;
    this.element.hidden = false;
    this.page.pane("main");
    this.page.draw();
    this.title.focus();
  }

  close() {
    this.element.hidden = true;
    this.page.draw();
    if (this.from?.isConnected) this.from.focus();
    else this.page.title.focus();
  }

  /** Links to messages and to the demo's pages open here; all others in a window of their own. */
  followed(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented) return;
    const { page } = this;
    const message = MESSAGE.exec(link.href);
    if (message !== null && page.store.channels.has(message[1])) {
      event.preventDefault();
      const ts = `${message[2]}.${message[3]}`;
      const shown = page.store.history(message[1]).find((one) => one.ts === ts);
      page.go(message[1], message[4] ?? shown?.thread_ts ?? (shown?.reply_count ? ts : null));
    } else if (page.store.sites.some((site) => link.href.startsWith(site))) {
      event.preventDefault();
      this.openPage(link.href);
    }
  }

  /** List the pages that the person may read. */
  async listPages() {
    const { store } = this.page;
    if (this.listed === store.user || !store.online) return;
    this.listed = store.user;
    this.pages = (await store.do("pages")).pages;
    this.page.schedule();
  }
}
