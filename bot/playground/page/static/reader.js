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

  show(page, note) {
    const text = h("textarea", { class: "page-text", "aria-label": `Text of ${page.title}`, readonly: true, spellcheck: "false" });
    text.value = page.text;
    const save = h("button", { type: "button", class: "primary", hidden: true, onclick: () => this.save(page, text.value) }, "Save");
    const edit = h(
      "button",
      {
        type: "button",
        class: "quiet",
        onclick: () => {
          text.readOnly = false;
          save.hidden = false;
          edit.hidden = true;
          text.focus();
        },
      },
      "Edit",
    );
    this.element.replaceChildren(
      h("h3", {}, page.title),
      h("p", { class: "note" }, `${page.wiki} · ${page.form}`),
      h("p", { class: "saved", role: "status" }, note),
      text,
      h("div", { class: "row" }, h("span", { class: "grow" }), edit, save),
    );
  }

  async save(page, text) {
    if (!(await this.page.try("save", { url: page.url, text }))) return;
    this.show({ ...page, text }, `Saved. Footnote reads it at its next sync; an admin reads it now with /wiki reindex ${page.wiki}.`);
  }
}
