/** The page: a sidebar, a conversation or Home, and a thread beside it. The thread of a question opens when its answer comes. */

import { Beside } from "./beside.js";
import { Composer } from "./composer.js";
import { fill, h, unseen } from "./dom.js";
import { Home } from "./home.js";
import { Messages } from "./messages.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Tour } from "./tour.js";
import { Waits } from "./waits.js";
import { Windows } from "./windows.js";
import { Working } from "./working.js";

const HOME = "home";

class Page {
  constructor(root) {
    this.place = "";
    this.thread = null;
    this.editing = null;
    this.asked = null;
    this.seen = new Map();
    this.store = new Store(() => this.schedule());
    this.sidebar = new Sidebar(this);
    this.title = h("h2", { class: "title", tabindex: "-1" });
    this.about = h("p", { class: "about" });
    this.messages = new Messages(this, { inThread: false, label: "Messages" });
    this.prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts" });
    this.composer = new Composer(this, (text) => this.say(text, null));
    this.home = new Home(this);
    this.replies = new Messages(this, { inThread: true, label: "Thread" });
    this.working = new Working(this);
    this.workingBeside = new Working(this);
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
    this.isFresh = this.place === "";
    this.store.connect(user);
  }

  build(root) {
    this.root = root;
    const menu = h("button", { type: "button", class: "menu", "aria-label": "Channels", onclick: () => this.pane("sidebar") }, "☰");
    this.recorded = h("p", { class: "recorded", role: "note", hidden: true }, "The recorded model is on: some answers are sentences that were written beforehand. No language model is asked. Each sentence is checked against the pages as they are now.");
    this.empty = h("p", { class: "empty" });
    this.startUp = h("p", { class: "recorded", role: "note", hidden: true });
    this.main = h(
      "section",
      { class: "main", id: "conversation", "aria-label": "Conversation" },
      h("header", { class: "bar" }, menu, h("div", { class: "grow" }, this.title, this.about)),
      this.startUp,
      this.recorded,
      this.empty,
      this.messages.element,
      this.home.element,
      this.prompts,
      this.working.element,
      this.composer.element,
    );
    this.threadTitle = h("h2", { class: "title grow", tabindex: "-1" }, "Thread");
    this.side = h(
      "section",
      { class: "side", "aria-label": "Thread", hidden: true },
      h("header", { class: "bar" }, this.threadTitle, this.closeButton()),
      this.replies.element,
      this.tour.next,
      this.workingBeside.element,
      this.answer.element,
    );
    const content = h("main", { class: "content" }, unseen("Footnote playground", "h1"), this.main, this.side, this.beside.element);
    root.append(this.sidebar.element, this.tour.element, content, this.trouble, this.gone);
    this.side.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeThread();
    });
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
    [this.thread, this.editing, this.isFresh] = [null, null, false];
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
    [this.place, this.thread, this.editing, this.isFresh] = [place, thread, null, false];
    this.pane("main");
    this.draw();
    this.title.focus();
  }

  openThread(ts) {
    this.showThread(ts);
    this.draw();
    this.answer.field.focus();
  }

  showThread(ts) {
    [this.thread, this.asked] = [ts, null];
    this.beside.element.hidden = true;
    this.pane("side");
  }

  /** Open the thread of the question that was asked here last, once it has an answer. The focus stays where it is, and so does a text that somebody writes. */
  openAnswered() {
    const { store, asked, place } = this;
    if (this.isFresh && asked === null) this.look(store.history(place)[0]);
    if (asked === null || asked.user !== store.user || asked.place !== place) return;
    if (store.channels.get(place)?.kind === "im" || !store.thread(place, asked.ts).some((one) => one.bot_id)) return;
    const isAlone = matchMedia("(max-width: 1000px)").matches;
    const isWriting = this.beside.reader.isEditing || (!this.side.hidden && this.answer.field.value !== "") || (isAlone && this.composer.field.value !== "");
    this.asked = null;
    if (isWriting) return;
    const wasInMain = this.main.contains(document.activeElement);
    this.showThread(asked.ts);
    if (isAlone && wasInMain) this.refocus = true;
  }

  /** A new page looks at the question that the channel begins with. */
  look(first) {
    if (first?.text.includes(`<@${this.store.bot.user}>`)) [this.asked, this.isFresh] = [{ user: this.store.user, place: this.place, ts: first.ts }, false];
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

  /** Do something; say what went wrong. Returns the result, or false if it was not done. */
  async try(action, fields) {
    try {
      const result = await this.store.do(action, fields);
      this.complain("");
      return result;
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

  async say(text, thread) {
    const { place, store: { user, commands } } = this;
    if (!commands.some((one) => text === one || text.startsWith(`${one} `))) {
      const said = await this.try("say", { channel: place, text, ...(thread ? { thread_ts: thread } : {}) });
      if (said && thread === null) this.asked = { user, place, ts: said.ts };
      this.schedule();
      return said;
    }
    if (thread === null) return this.try("command", { channel: place, text });
    this.complain("Slack takes commands in channels alone, not in threads.");
    return false;
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
    this.openAnswered();
    this.writeHash();
    this.startUp.textContent = store.entries.get("start_up")?.says ?? "";
    this.startUp.hidden = this.startUp.textContent === "";
    this.markSeen();
    this.beside.listPages();
    // The tour begins with an answer, which comes once the wikis are read.
    if (!this.welcomed && this.startUp.hidden) {
      this.welcomed = true;
      if (store.tour) this.tour.offer();
    }
    this.sidebar.draw();
    this.drawPlace();
    this.drawThread();
    this.windows.draw();
    if (this.refocus) this.threadTitle.focus();
    this.refocus = false;
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
    for (const part of [this.messages.element, this.composer.element, this.prompts, this.working.element]) part.hidden = isHome;
    this.home.element.hidden = !isHome;
    this.empty.hidden = isHome || store.history(this.place).length > 0;
    this.opening(channel);
    if (isHome) {
      this.title.textContent = `${store.bot.name} Home`;
      this.about.textContent = "";
      this.home.draw();
      return;
    }
    const name = channel.kind === "im" ? this.name(channel.with) : `#${channel.name}`;
    this.title.textContent = name;
    this.empty.textContent = channel.kind === "im" ? "Ask what the wikis say." : `Nobody has written here yet. Mention @${store.bot.name} to ask what the wikis say.`;
    this.about.textContent = about(channel, (user) => this.name(user));
    const isDirect = channel.kind === "im";
    const history = store.history(channel.id);
    this.messages.draw(isDirect ? byThread(history) : history.filter((one) => isInChannel(one)), `${store.user} ${channel.id}`, { below: isDirect });
    this.working.draw(isDirect ? store.busy(channel.id) : this.asked?.ts);
    this.composer.draw(`${store.user} ${channel.id}`, `Message ${name}`, { mentions: !isDirect });
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
    this.workingBeside.draw(thread);
    this.tour.drawNext(messages[0]);
    this.answer.draw(`${store.user} ${this.place} ${thread}`, "Reply in the thread", { mentions: false });
  }
}

/** Replies are in their thread; those sent to the channel too, and first messages, are here. */
function isInChannel(message) {
  return message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

/** In a direct conversation, replies are below the message that began their thread. */
function byThread(history) {
  return history.toSorted((one, other) => Number(one.thread_ts ?? one.ts) - Number(other.thread_ts ?? other.ts));
}

function about(channel, name) {
  if (channel.kind === "im") return "A direct conversation with Footnote.";
  const kind = channel.is_ext_shared ? "Shared with another company" : channel.kind === "group" ? "Private" : "Public";
  return `${kind}: ${channel.members.map(name).join(", ")}`;
}

const page = new Page(document.getElementById("app"));
window.playground = page;
