/** The page: a sidebar, a conversation or Home, and a thread beside it. */

import { Beside } from "./beside.js";
import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { Home } from "./home.js";
import { Messages } from "./messages.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Tour } from "./tour.js";
import { Waits } from "./waits.js";
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
    this.beside = new Beside(this);
    this.tour = new Tour(this);
    this.waits = new Waits();
    this.trouble = h("p", { class: "trouble", role: "alert", hidden: true });
    this.gone = h("p", { class: "gone", role: "alert", hidden: true }, "The playground does not answer. Once it runs again, its address is the one that it prints.");
    this.build(root);
    window.addEventListener("hashchange", () => this.readHash());
    window.addEventListener("error", (event) => this.complain(`The page failed: ${event.message}`));
    window.addEventListener("unhandledrejection", (event) => this.complain(`The page failed: ${event.reason?.message ?? event.reason}`));
    const { user } = this.readHash();
    this.store.connect(user);
  }

  build(root) {
    this.root = root;
    const menu = h("button", { type: "button", class: "menu", "aria-label": "Channels", onclick: () => this.pane("sidebar") }, "☰");
    this.recorded = h("p", { class: "recorded", role: "note", hidden: true }, "The recorded model is on: some answers are sentences that were written beforehand. No language model is asked. Each sentence is checked against the pages as they are now.");
    this.startUp = h("p", { class: "recorded", role: "note", hidden: true });
    this.main = h(
      "main",
      { class: "main", id: "conversation" },
      h("header", { class: "bar" }, menu, h("div", { class: "grow" }, this.title, this.about)),
      this.startUp,
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
    root.append(this.sidebar.element, this.main, this.side, this.beside.element, this.trouble, this.gone, this.tour.element);
    this.side.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeThread();
    });
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
    [this.thread, this.editing] = [null, null];
    this.beside.element.hidden = true;
    this.opened = undefined;
    this.store.become(user);
  }

  /** Become a person, and be at a place (null: where they were) once what they see is here. */
  async be(user, place) {
    if (this.store.user !== user) this.become(user);
    await this.until(() => this.store.user === user && this.store.direct !== undefined && (place === null || this.store.channels.has(place)), 10_000);
    if (place !== null) this.go(place);
  }

  /** Return the result of `found` once it is true, within milliseconds. */
  until(found, patience) {
    this.schedule();
    return this.waits.until(found, patience);
  }

  go(place, thread = null) {
    this.beside.element.hidden = true;
    [this.place, this.thread, this.editing] = [place, thread, null];
    this.pane("main");
    this.draw();
    this.title.focus();
  }

  openThread(ts) {
    this.thread = ts;
    this.beside.element.hidden = true;
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
    // Above everything: a dialog covers what is beside it.
    if (words !== "") (this.windows.dialog.open ? this.windows.dialog : this.root).append(this.trouble);
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
      this.waits.look();
    });
  }

  draw() {
    const { store } = this;
    this.root.classList.toggle("offline", !store.online);
    this.gone.hidden = store.online || store.channels.size === 0;
    if (store.channels.size === 0) return;
    if (this.place !== HOME && !store.channels.has(this.place)) [this.place, this.thread] = [[...store.channels.keys()][0], null];
    this.writeHash();
    this.startUp.textContent = store.entries.get("start_up")?.says ?? "";
    this.startUp.hidden = this.startUp.textContent === "";
    this.markSeen();
    this.beside.listPages();
    if (!this.welcomed && store.tour) this.tour.offer();
    this.welcomed = true;
    this.sidebar.draw();
    this.drawPlace();
    this.drawThread();
    this.windows.draw();
    document.title = `${this.title.textContent} (${this.name(store.user)}) - ${store.workspace} - Footnote playground`;
  }

  markSeen() {
    const last = this.place === HOME ? undefined : this.store.history(this.place).at(-1);
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
    this.side.hidden = messages.length === 0 || !this.beside.element.hidden;
    this.root.classList.toggle("with-side", !this.side.hidden || !this.beside.element.hidden);
    if (messages.length === 0) return;
    this.replies.draw(messages, `${store.user} ${this.place} ${thread}`);
    const status = store.status(this.place, thread);
    this.working.textContent = status ? `${store.bot.name} ${status}` : "";
    this.stop.hidden = !status && !messages.some((one) => one.streaming);
    this.answer.draw(`${store.user} ${this.place} ${thread}`, "Reply in the thread", { mentions: false });
  }
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
