/** The app's Home tab. */

import { h, unseen } from "./dom.js";
import { renderView } from "./kit/index.js";

export class Home {
  constructor(page) {
    this.page = page;
    this.element = h("div", { class: "home", tabindex: "0", role: "region", "aria-label": "Home" });
    this.shown = "";
  }

  draw() {
    const view = this.page.store.home;
    const shown = `${this.page.store.user} ${view?.id} ${view?.hash}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.element.replaceChildren(
      unseen("Home", "h2"),
      view === undefined
        ? h("p", { class: "empty" }, "Opening Home ...")
        : renderView(view, this.page.context({ view_id: view.id })),
    );
  }
}
