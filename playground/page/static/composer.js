/** The field to write in, with names and commands to choose from. A reload keeps what was typed. */

import { h } from "./dom.js";

const NAMES = /(^|[\s(])@([\w.-]*)$/;
let made = 0;

export class Composer {
  /** `send(text)` returns a promise; what was typed stays until it is kept. */
  constructor(page, send) {
    made += 1;
    this.page = page;
    this.send = send;
    this.place = "";
    this.offers = [];
    this.chosen = 0;
    this.list = h("ul", { class: "offers", role: "listbox", id: `offers-${made}`, "aria-label": "Suggestions", hidden: true });
    this.field = h("textarea", {
      rows: 1,
      maxlength: 12000,
      "aria-autocomplete": "list",
      "aria-controls": `offers-${made}`,
      oninput: () => this.typed(),
      onkeydown: (event) => this.pressed(event),
      onblur: () => this.offer([]),
    });
    this.button = h("button", { type: "submit", class: "primary" }, "Send");
    this.hint = h("p", { class: "hint", hidden: true });
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.submit(event) },
      this.list,
      this.field,
      h("div", { class: "composer-row" }, this.hint, h("span", { class: "grow" }), this.button),
    );
  }

  /** Show it for a place: each keeps what was typed there. */
  draw(place, label, { mentions }) {
    if (place !== this.place) {
      this.place = place;
      this.mentions = mentions;
      this.field.value = sessionStorage.getItem(this.draft) ?? "";
      this.typed();
    }
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
  }

  get draft() {
    return `footnote-draft ${this.place}`;
  }

  get name() {
    return `@${this.page.store.bot.name}`;
  }

  /** Say that the bot answers when it is mentioned, until it is. */
  drawHint() {
    const text = this.field.value.toLowerCase();
    this.hint.hidden = !this.mentions || text.startsWith("/") || text.includes(this.name);
    if (this.hint.hidden || this.hint.childElementCount > 0) return;
    const button = h("button", { type: "button", class: "quiet", onclick: () => this.write(`${this.name} ${this.field.value}`) }, `Mention ${this.name}`);
    this.hint.append("Footnote answers when you mention it. ", button);
  }

  write(text) {
    this.field.value = text;
    this.field.focus();
    this.typed();
  }

  typed() {
    const { field } = this;
    if (field.value === "") sessionStorage.removeItem(this.draft);
    else sessionStorage.setItem(this.draft, field.value);
    this.drawHint();
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const before = field.value.slice(0, field.selectionStart);
    const name = NAMES.exec(before);
    if (before.startsWith("/") && !before.includes(" ")) {
      this.offer(this.page.store.commands.filter((one) => one.startsWith(before)).map((one) => ({ text: one, start: 0 })));
    } else if (name !== null && document.activeElement === field) {
      const start = before.length - name[2].length - 1;
      const wanted = name[2].toLowerCase();
      const names = [...this.page.store.entries].filter(([key]) => key.startsWith("person/")).map(([, one]) => one.name);
      this.offer(names.filter((one) => one.toLowerCase().startsWith(wanted)).slice(0, 8).map((one) => ({ text: `@${one}`, start })));
    } else {
      this.offer([]);
    }
  }

  offer(offers) {
    this.offers = offers;
    this.chosen = 0;
    this.drawOffers();
  }

  drawOffers() {
    const { list, field } = this;
    list.hidden = this.offers.length === 0;
    list.replaceChildren(
      ...this.offers.map((offer, number) =>
        h(
          "li",
          {
            role: "option",
            id: `${list.id}-${number}`,
            "aria-selected": String(number === this.chosen),
            onmousedown: (event) => {
              event.preventDefault();
              this.take(offer);
            },
          },
          offer.text,
        ),
      ),
    );
    if (list.hidden) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${list.id}-${this.chosen}`);
  }

  take(offer) {
    const { field } = this;
    field.setRangeText(`${offer.text} `, offer.start, field.selectionStart, "end");
    this.typed();
  }

  pressed(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (this.offers.length > 0 && event.key in moves) {
      event.preventDefault();
      this.chosen = (this.chosen + moves[event.key] + this.offers.length) % this.offers.length;
      this.drawOffers();
    } else if (this.offers.length > 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      this.take(this.offers[this.chosen]);
    } else if (this.offers.length > 0 && event.key === "Escape") {
      event.stopPropagation();
      this.offer([]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.element.requestSubmit();
    }
  }

  async submit(event) {
    event.preventDefault();
    const { value } = this.field;
    if (value.trim() === "") return;
    this.field.value = "";
    this.typed();
    if (!(await this.send(value)) && this.field.value === "") this.write(value);
  }
}
