/** The connection to the playground's server, and what its person sees now. */

const PAUSES = [500, 1000, 2000, 4000];

export class Store {
  constructor(changed) {
    this.changed = changed;
    this.user = "";
    this.workspace = "";
    this.roles = [];
    this.bot = { user: "", name: "footnote" };
    this.commands = [];
    this.sites = [];
    this.tour = false;
    this.quoting = false;
    this.online = false;
    this.entries = new Map();
    this.people = new Map();
    this.channels = new Map();
    this.messages = new Map();
    this.waiting = new Map();
    this.numbers = 0;
    this.failures = 0;
  }

  /** Connect as a person, and again whenever the connection is lost. */
  connect(user) {
    this.user = user;
    const address = new URL("socket", location.href.split("#")[0]);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => this.send({ do: "become", user: this.user }));
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  lost() {
    this.online = false;
    for (const { reject } of this.waiting.values()) reject(new Error("the playground does not answer"));
    this.waiting.clear();
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    setTimeout(() => this.connect(this.user), pause);
    this.changed();
  }

  send(wanted) {
    this.socket.send(JSON.stringify(wanted));
  }

  /** Do something, as the person; rejects with the reason if Slack does not allow it. */
  do(action, fields = {}) {
    if (!this.online) return Promise.reject(new Error("the playground does not answer"));
    this.numbers += 1;
    const id = this.numbers;
    this.send({ do: action, id, ...fields });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  become(user) {
    this.send({ do: "become", user });
  }

  take(sent) {
    if (sent.type === "done") {
      const waiting = this.waiting.get(sent.id);
      this.waiting.delete(sent.id);
      if (sent.error === undefined) waiting?.resolve(sent);
      else waiting?.reject(new Error(sent.error));
      return;
    }
    if (sent.type === "became") {
      this.online = true;
      this.failures = 0;
      Object.assign(this, { user: sent.user, workspace: sent.workspace, roles: sent.roles, bot: sent.bot, commands: sent.commands, sites: sent.sites, tour: sent.tour, quoting: sent.quoting });
      this.entries.clear();
      for (const map of [this.people, this.channels, this.messages]) map.clear();
    } else if (sent.type === "changes" && sent.user === this.user) {
      for (const key of sent.removed) this.remove(key);
      for (const [key, entry] of Object.entries(sent.set)) this.put(key, entry);
    }
    this.changed();
  }

  put(key, entry) {
    this.entries.set(key, entry);
    const [kind, place, ts] = key.split("/");
    if (kind === "person") this.people.set(place, { ...entry, name: entry.real_name });
    if (kind === "channel") this.channels.set(place, entry);
    if (kind === "message") {
      if (!this.messages.has(place)) this.messages.set(place, new Map());
      this.messages.get(place).set(ts, { ...entry, stamp: JSON.stringify(entry) });
    }
  }

  remove(key) {
    this.entries.delete(key);
    const [kind, place, ts] = key.split("/");
    if (kind === "person") this.people.delete(place);
    if (kind === "channel") this.channels.delete(place);
    if (kind === "message") this.messages.get(place)?.delete(ts);
  }

  /** Return the messages of a channel, oldest first. */
  history(channel) {
    return [...(this.messages.get(channel)?.values() ?? [])].sort((one, other) => compare(one.ts, other.ts));
  }

  /** Return a thread: its first message and its replies. */
  thread(channel, ts) {
    return this.history(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
  }

  /** Return what the app shows below a thread, such as "is searching...". */
  status(channel, ts) {
    const status = this.entries.get(`status/${channel}/${ts}`);
    return status?.loading_messages?.[0] || status?.status || "";
  }

  get modals() {
    return this.entries.get("modals")?.views ?? [];
  }

  get home() {
    return this.entries.get("home");
  }

  /** Return the direct conversation with the app. */
  get direct() {
    return [...this.channels.values()].find((one) => one.kind === "im" && one.with === this.bot.user);
  }
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
