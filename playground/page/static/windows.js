/** Modals: the topmost one as a dialog. */

import { h } from "./dom.js";
import { renderView, showErrors } from "./kit/index.js";

export class Windows {
  constructor(page) {
    this.page = page;
    this.dialog = h("dialog", { class: "modal", oncancel: (event) => this.cancelled(event) });
    this.shown = "";
    this.errors = "";
    document.body.append(this.dialog);
  }

  draw() {
    const view = this.page.store.modals.at(-1);
    if (view === undefined) {
      if (this.dialog.open) this.dialog.close();
      this.dialog.replaceChildren();
      this.shown = "";
      return;
    }
    const shown = `${this.page.store.user} ${view.id} ${view.hash}`;
    const errors = JSON.stringify(view.errors ?? {});
    if (shown !== this.shown) {
      this.form = renderView(view, this.page.context({ view_id: view.id }));
      this.dialog.replaceChildren(this.form);
      this.dialog.setAttribute("aria-label", view.title?.text ?? "Window");
    } else if (errors !== this.errors) {
      showErrors(this.form, view.errors ?? {});
    }
    [this.shown, this.errors, this.view] = [shown, errors, view];
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Escape closes it as Cancel does. */
  cancelled(event) {
    event.preventDefault();
    this.page.try("close", { view_id: this.view.id });
  }
}
