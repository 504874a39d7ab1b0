/** A page of the demo's wikis, to read and to edit. */

import { h } from "./dom.js";

export class Reader {
  constructor(page) {
    this.page = page;
    this.element = h("div", { class: "reader" });
  }

  async open(url) {
    const { page } = await this.page.store.do("page", { url });
    if (page === null) throw new Error("There is no such page here, or not for you.");
    this.show(page, "");
  }

  get isEditing() {
    return this.text !== undefined && !this.text.readOnly && this.element.isConnected;
  }

  show(page, note) {
    this.shown = page;
    this.text = h("textarea", { class: "page-text", "aria-label": `Text of ${page.title}`, readonly: true, spellcheck: "false" });
    this.text.value = page.text;
    this.saveButton = h("button", { type: "button", class: "primary", hidden: true, onclick: () => this.saveNow() }, "Save");
    this.editButton = h("button", { type: "button", class: "quiet", hidden: !page.can_change, onclick: () => this.edit((text) => text) }, "Edit");
    this.element.replaceChildren(
      h("h3", {}, page.title),
      h("p", { class: "note" }, `${page.wiki} · ${page.form}`),
      h("p", { class: "saved", role: "status" }, note),
      this.text,
      h("div", { class: "row" }, h("span", { class: "grow" }), this.editButton, this.saveButton),
    );
  }

  /** Begin to edit, with the text that `changed` makes of the present one. */
  edit(changed) {
    this.text.readOnly = false;
    this.text.value = changed(this.text.value);
    this.saveButton.hidden = false;
    this.editButton.hidden = true;
    this.text.focus();
  }

  async saveNow() {
    const [page, text] = [this.shown, this.text.value];
    if (!(await this.page.try("save", { url: page.url, text }))) return false;
    this.show({ ...page, text }, `Saved. Footnote reads it at its next sync; an admin reads it now with /wiki reindex ${page.wiki}.`);
    return true;
  }
}
