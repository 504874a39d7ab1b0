/** The line that says what the app does in a thread, with a button to stop it. */

import { h } from "./dom.js";

export class Working {
  constructor(page) {
    this.page = page;
    this.words = h("span", { role: "status" });
    this.stop = h("button", { type: "button", class: "quiet", onclick: () => page.try("stop", { channel: page.place, thread_ts: this.thread }) }, "Stop");
    this.element = h("div", { class: "working" }, this.words, this.stop);
  }

  /** Show it for a thread; undefined: for none. */
  draw(thread) {
    const { store, place } = this.page;
    const status = thread ? store.status(place, thread) : "";
    this.thread = thread;
    this.words.textContent = status ? `${store.bot.name} ${status}` : "";
    this.stop.hidden = !status && !(thread && store.thread(place, thread).some((one) => one.streaming));
  }
}
