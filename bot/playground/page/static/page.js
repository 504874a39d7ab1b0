/** The page: a sidebar, a conversation or Home, and a thread beside it. */

import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { Home } from "./home.js";
import { Reader } from "./reader.js";
import { Messages } from "./messages.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Tour } from "./tour.js";
import { why } from "./why.js";
import { Windows } from "./windows.js";

const HOME = "home";

class Page {
  constructor(root) {
    this.place = "";
    this.thread = null;
    this.editing = null;
    this.seen = new Map();
    this.store = new Store(() => this.schedule());
    this.sidebar = new Sidebar(this);
    this.title = h("h1", { class: "title", tabindex: "-1" });
    this.about = h("p", { class: "about" });
    this.messages = new Messages(this, { inThread: false, label: "Messages" });
    this.prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts" });
    this.composer = new Composer(this, (text) => this.say(text, null));
    this.home = new Home(this);
    this.replies = new Messages(this, { inThread: true, label: "Thread" });
    this.working = h("p", { class: "working", role: "status" });
    this.answer = new Composer(this, (text) => this.say(text, this.thread));
    this.windows = new Windows(this);
    this.reader = new Reader(this);
    this.pages = [];
    this.tour = new Tour(this);
    this.waits = new Set();
    this.trouble = h("p", { class: "trouble", role: "alert", hidden: true });
    this.build(root);
    window.addEventListener("hashchange", () => this.readHash());
    const { user } = this.readHash();
    this.store.connect(user);
  }

  build(root) {
    this.root = root;
    const menu = h("button", { type: "button", class: "menu", "aria-label": "Channels", onclick: () => this.pane("sidebar") }, "☰");
    this.recorded = h("p", { class: "recorded", role: "note", hidden: true }, "The recorded model is on: some answers are sentences that were written beforehand. No language model is asked. Each sentence is checked against the pages as they are now.");
    this.main = h(
      "main",
      { class: "main", id: "conversation" },
      h("header", { class: "bar" }, menu, h("div", { class: "grow" }, this.title, this.about)),
      this.recorded,
      this.messages.element,
      this.home.element,
      this.prompts,
      this.composer.element,
    );
    this.side = h(
      "section",
      { class: "side", "aria-label": "Thread", hidden: true },
      h("header", { class: "bar" }, h("h2", { class: "title grow" }, "Thread"), this.stopButton(), this.closeButton()),
      this.replies.element,
      this.working,
      this.answer.element,
    );
    this.besideTitle = h("h2", { class: "title grow", tabindex: "-1" });
    this.besideBody = h("div", { class: "scroller", tabindex: "0" });
    const close = h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => this.closeBeside() }, "✕");
    this.beside = h("section", { class: "side beside", hidden: true }, h("header", { class: "bar" }, this.besideTitle, close), this.besideBody);
    root.append(this.sidebar.element, this.main, this.side, this.beside, this.trouble, this.tour.element);
    this.side.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeThread();
    });
    this.beside.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeBeside();
    });
    document.addEventListener("click", (event) => this.followed(event));
  }

  stopButton() {
    this.stop = h(
      "button",
      { type: "button", class: "quiet", hidden: true, onclick: () => this.try("stop", { channel: this.place, thread_ts: this.thread }) },
      "Stop",
    );
    return this.stop;
  }

  closeButton() {
    return h("button", { type: "button", class: "quiet", "aria-label": "Close the thread", onclick: () => this.closeThread() }, "✕");
  }

  // Where one is

  readHash() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    this.place = wanted.get("at") ?? this.place;
    this.thread = wanted.get("thread");
    this.schedule();
    return { user: wanted.get("as") ?? "" };
  }

  writeHash() {
    const at = new URLSearchParams({ as: this.store.user, at: this.place });
    if (this.thread) at.set("thread", this.thread);
    history.replaceState(null, "", `#${at}`);
  }

  pane(name) {
    this.root.dataset.pane = name;
    if (name === "sidebar") this.sidebar.places.querySelector("button")?.focus();
  }

  become(user) {
    this.thread = null;
    this.beside.hidden = true;
    this.opened = undefined;
    this.store.become(user);
  }

  /** Become a person, and be at a place (null: where they were) once what they see is here. */
  async be(user, place) {
    if (this.store.user !== user) this.become(user);
    await this.until(() => this.store.user === user && this.store.direct !== undefined && (place === null || this.store.channels.has(place)), 10_000);
    if (place !== null) this.go(place);
  }

  /** Return the result of `found` once it is true. */
  until(found, patience) {
    return new Promise((resolve, reject) => {
      const wait = { look: null };
      const end = setTimeout(() => {
        this.waits.delete(wait);
        reject(new Error("that took too long"));
      }, patience);
      wait.look = () => {
        const result = found();
        if (!result) return;
        clearTimeout(end);
        this.waits.delete(wait);
        resolve(result);
      };
      this.waits.add(wait);
      this.schedule();
    });
  }

  go(place, thread = null) {
    this.beside.hidden = true;
    [this.place, this.thread, this.editing] = [place, thread, null];
    this.pane("main");
    this.draw();
    this.title.focus();
  }

  openThread(ts) {
    this.thread = ts;
    this.beside.hidden = true;
    this.pane("side");
    this.draw();
    this.answer.field.focus();
  }

  closeThread() {
    this.thread = null;
    this.pane("main");
    this.draw();
    this.composer.field.focus();
  }

  edit(ts) {
    this.editing = ts;
    this.draw();
  }

  // What one does

  /** Do something; say what went wrong. Returns whether it was done. */
  async try(action, fields) {
    try {
      await this.store.do(action, fields);
      this.complain("");
      return true;
    } catch (error) {
      this.complain(error.message);
      return false;
    }
  }

  /** Put a question into the field to write in. */
  draft(question) {
    if (this.place === HOME) this.go(this.store.direct.id);
    const isDirect = this.store.channels.get(this.place)?.kind === "im";
    this.pane("main");
    this.composer.write(isDirect ? question : `@${this.store.bot.name} ${question}`);
  }

  complain(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = words === "";
  }

  say(text, thread) {
    const isCommand = this.store.commands.some((one) => text === one || text.startsWith(`${one} `));
    if (!isCommand) return this.try("say", { channel: this.place, text, ...(thread ? { thread_ts: thread } : {}) });
    if (thread === null) return this.try("command", { channel: this.place, text });
    this.complain("Slack takes commands in channels alone, not in threads.");
    return Promise.resolve(false);
  }

  // Beside the conversation: reasons and pages

  async openWhy(message) {
    try {
      const told = await this.store.do("why", { channel: message.channel, ts: message.ts });
      this.openBeside("Why this answer", why(told.why, told.wire));
    } catch (error) {
      this.complain(error.message);
    }
  }

  async openPage(url) {
    try {
      await this.reader.open(url);
      this.openBeside("Wiki page", this.reader.element);
    } catch (error) {
      this.complain(error.message);
    }
  }

  openBeside(title, content) {
    this.complain("");
    this.from = document.activeElement;
    this.besideTitle.textContent = title;
    this.beside.setAttribute("aria-label", title);
    this.besideBody.replaceChildren(content);
    this.besideBody.scrollTop = 0;
    this.beside.hidden = false;
    this.pane("beside");
    this.draw();
    this.besideTitle.focus();
  }

  closeBeside() {
    this.beside.hidden = true;
    this.pane(this.thread ? "side" : "main");
    this.draw();
    if (this.from?.isConnected) this.from.focus();
    else this.title.focus();
  }

  /** Links to messages and to the demo's pages open here; all others in a window of their own. */
  followed(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented) return;
    const message = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?.*thread_ts=([\d.]+))?/.exec(link.href);
    if (message !== null && this.store.channels.has(message[1])) {
      event.preventDefault();
      const ts = `${message[2]}.${message[3]}`;
      const shown = this.store.history(message[1]).find((one) => one.ts === ts);
      this.go(message[1], message[4] ?? shown?.thread_ts ?? (shown?.reply_count ? ts : null));
    } else if (this.store.sites.some((site) => link.href.startsWith(site))) {
      event.preventDefault();
      this.openPage(link.href);
    }
  }

  /** List the pages that the person may read. */
  async listPages() {
    const { user } = this.store;
    if (this.listed === user || !this.store.online) return;
    this.listed = user;
    this.pages = (await this.store.do("pages")).pages;
    this.schedule();
  }

  /** Return what the kit needs; `where` is the message or view that it shows. */
  context(where) {
    const at = where.view_id ? { view_id: where.view_id } : { channel: where.channel, ts: where.ts };
    return {
      people: this.store.people,
      channels: this.store.channels,
      now: () => Date.now(),
      onAction: (action) => this.try("click", { ...at, action_id: action.action_id, value: action.picked ?? null }),
      onSubmit: ({ view_id, state }) => this.try("submit", { view_id, values: state.values }),
      onClose: ({ view_id }) => this.try("close", { view_id }),
    };
  }

  // What is shown

  name(user) {
    return this.store.people.get(user)?.name ?? user;
  }

  /** Return a message's text as its author typed it. */
  plain(text) {
    const named = text.replace(/<@([A-Z0-9]+)>/g, (_, id) => `@${this.store.entries.get(`person/${id}`)?.name ?? id}`);
    return named.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  }

  /** Return how many messages came to a place since it was shown last. */
  unread(place) {
    const after = this.seen.get(`${this.store.user} ${place}`) ?? "";
    if (place === this.place) return 0;
    return this.store.history(place).filter((one) => one.ts > after && one.user !== this.store.user).length;
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
      for (const wait of this.waits) wait.look();
    });
  }

  draw() {
    const { store } = this;
    this.root.classList.toggle("offline", !store.online);
    if (store.channels.size === 0) return;
    if (this.place !== HOME && !store.channels.has(this.place)) [this.place, this.thread] = [[...store.channels.keys()][0], null];
    this.writeHash();
    this.markSeen();
    this.listPages();
    if (!this.welcomed && store.tour) this.tour.offer();
    this.welcomed = true;
    this.sidebar.draw();
    this.drawPlace();
    this.drawThread();
    this.windows.draw();
  }

  markSeen() {
    const last = this.place === HOME ? undefined : store_last(this.store, this.place);
    if (last !== undefined) this.seen.set(`${this.store.user} ${this.place}`, last.ts);
  }

  drawPlace() {
    const { store } = this;
    const isHome = this.place === HOME;
    const channel = store.channels.get(this.place);
    for (const part of [this.messages.element, this.composer.element, this.prompts]) part.hidden = isHome;
    this.home.element.hidden = !isHome;
    this.opening(channel);
    if (isHome) {
      this.title.textContent = `${store.bot.name} Home`;
      this.about.textContent = "";
      this.home.draw();
      return;
    }
    const name = channel.kind === "im" ? this.name(channel.with) : `#${channel.name}`;
    this.title.textContent = name;
    this.about.textContent = about(channel, (user) => this.name(user));
    this.messages.draw(
      store.history(channel.id).filter((one) => isInChannel(one)),
      `${store.user} ${channel.id}`,
    );
    this.composer.draw(`${store.user} ${channel.id}`, `Message ${name}`, { mentions: channel.kind !== "im" });
    this.drawPrompts(channel);
    this.recorded.hidden = !store.entries.get("model")?.on;
  }

  /** Tell the app that its Home or its messages were opened, once for each time. */
  opening(channel) {
    const opened = `${this.store.user} ${this.place}`;
    if (opened === this.opened || !this.store.online) return;
    this.opened = opened;
    if (this.place === HOME) this.try("home");
    else if (channel.kind === "im") this.try("messages");
  }

  drawPrompts(channel) {
    const prompts = this.store.entries.get(`prompts/${channel.id}`)?.prompts ?? [];
    fill(
      this.prompts,
      prompts.map((one) =>
        h("button", { type: "button", title: one.message, onclick: () => this.say(one.message, null) }, one.title),
      ),
    );
    this.prompts.hidden = prompts.length === 0;
  }

  drawThread() {
    const { store, thread } = this;
    const messages = thread ? store.thread(this.place, thread) : [];
    this.side.hidden = messages.length === 0 || !this.beside.hidden;
    this.root.classList.toggle("with-side", !this.side.hidden || !this.beside.hidden);
    if (messages.length === 0) return;
    this.replies.draw(messages, `${store.user} ${this.place} ${thread}`);
    const status = store.status(this.place, thread);
    this.working.textContent = status ? `${store.bot.name} ${status}` : "";
    this.stop.hidden = !status && !messages.some((one) => one.streaming);
    this.answer.draw(`${store.user} ${this.place} ${thread}`, "Reply in the thread", { mentions: false });
  }
}

function store_last(store, place) {
  return store.history(place).at(-1);
}

/** Replies are in their thread; those sent to the channel too, and first messages, are here. */
function isInChannel(message) {
  return message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

function about(channel, name) {
  if (channel.kind === "im") return "A direct conversation with Footnote.";
  const kind = channel.is_ext_shared ? "Shared with another company" : channel.kind === "group" ? "Private" : "Public";
  return `${kind}: ${channel.members.map(name).join(", ")}`;
}

const page = new Page(document.getElementById("app"));
window.playground = page;
