/** The sidebar: who one is, channels, direct messages, Home. */

import { fill, h, unseen } from "./dom.js";

const NO_MODEL = "Without a language model, answers are sections of the pages. footnote init, or [llm] in footnote.toml, sets one up: OpenAI, Anthropic, Azure, or Ollama on this machine.";
const SIGNS = { channel: "#", group: "🔒" };

export class Sidebar {
  constructor(page) {
    this.page = page;
    this.who = h("div", { class: "who" });
    this.places = h("nav", { class: "places", "aria-label": "Channels and direct messages" });
    this.foot = h("div", { class: "foot" });
    this.element = h("aside", { class: "sidebar", "aria-label": "Workspace" }, this.who, this.places, this.foot);
  }

  drawFoot() {
    const { page } = this;
    const tour = h("button", { type: "button", class: "quiet", "data-key": "tour", onclick: () => page.tour.show(0) }, "Guided tour");
    const quoting = page.store.quoting ? h("p", {}, NO_MODEL) : null;
    fill(this.foot, this.model(), page.store.tour ? tour : null, quoting, h("p", {}, "A Slack on this machine alone. Nothing is kept."));
  }

  /** The switch of the recorded model, with the questions that it answers. */
  model() {
    const { page } = this;
    const model = page.store.entries.get("model");
    if (model === undefined) return null;
    const box = h("input", { type: "checkbox", role: "switch", "data-key": "model", checked: model.on, onchange: (event) => page.try("model", { on: event.target.checked }) });
    const ask = (one) => h("li", {}, h("button", { type: "button", class: "link", "data-key": one.question, onclick: () => this.draft(one) }, `${one.asked}: ${one.question}`));
    return h("div", { class: "model" }, h("label", {}, box, " Recorded model"), h("p", {}, "Shows composed answers without a key. It has sentences for:"), h("ul", {}, model.questions.map(ask)));
  }

  /** Put a recorded question into the field of its place, as the person who may read its pages. */
  async draft({ question, user, channel }) {
    const { page } = this;
    await page.be(user, channel || null);
    if (!channel) page.go(page.store.direct.id);
    page.draft(question);
  }

  draw() {
    this.drawWho();
    this.drawFoot();
    const { store } = this.page;
    const all = [...store.channels.values()];
    const channels = all.filter((one) => one.kind !== "im");
    const direct = all.filter((one) => one.kind === "im");
    fill(
      this.places,
      h("h2", {}, "Channels"),
      h("ul", {}, channels.map((one) => this.entry(one.id, sign(one), one.name, hint(one)))),
      h("h2", {}, "Direct messages"),
      h("ul", {}, direct.map((one) => this.entry(one.id, "●", this.page.name(one.with), "APP"))),
      h("h2", {}, "Apps"),
      h("ul", {}, this.entry("home", "⌂", `${store.bot.name} Home`, "")),
      this.page.beside.pages.length > 0 ? [h("h2", {}, "Wiki pages to edit"), h("ul", {}, this.page.beside.pages.map((one) => this.wikiPage(one)))] : null,
    );
  }

  drawWho() {
    const { store } = this.page;
    const role = store.roles.find((one) => one.user === store.user);
    const choice = h(
      "select",
      { id: "who", "data-key": "who", onchange: (event) => this.page.become(event.target.value) },
      store.roles.map((one) => h("option", { value: one.user, selected: one.user === store.user }, `${one.name}: ${one.title}`)),
    );
    fill(this.who, h("p", { class: "workspace" }, store.workspace), h("label", { for: "who" }, "You are"), choice, h("p", { class: "note" }, role?.note ?? ""));
  }

  entry(id, mark, name, more) {
    const { page } = this;
    const current = page.place === id;
    const unread = page.unread(id);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: `place${current ? " current" : ""}${unread ? " unread" : ""}`,
          "data-key": id,
          "data-place": id,
          "aria-current": current ? "page" : null,
          onclick: () => page.go(id),
        },
        h("span", { class: "sign", "aria-hidden": "true" }, mark),
        h("span", { class: "place-name" }, name),
        more ? h("span", { class: "more" }, more) : null,
        unread ? h("span", { class: "count" }, String(unread), unseen(" unread")) : null,
      ),
    );
  }

  wikiPage(one) {
    const open = () => this.page.beside.openPage(one.url);
    return h(
      "li",
      {},
      h("button", { type: "button", class: "place", "data-key": one.url, onclick: open }, h("span", { class: "sign", "aria-hidden": "true" }, "¶"), h("span", { class: "place-name" }, one.title), h("span", { class: "more" }, one.wiki)),
    );
  }
}

function sign(channel) {
  return SIGNS[channel.kind] ?? "#";
}

function hint(channel) {
  if (channel.is_ext_shared) return "shared";
  return channel.kind === "group" ? "private" : "";
}
