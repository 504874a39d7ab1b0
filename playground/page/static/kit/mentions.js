/** Mentions of people and channels, and Slack's control sequences `<...>`. */

import { formatted } from "./dates.js";
import { link, make } from "./dom.js";

export function person(id, context, label = "") {
  const name = context.people?.get(id)?.name || label || id;
  return make("span", { class: "kit-mention", "data-user": id }, "@", make("bdi", {}, name));
}

export function channel(id, context, label = "") {
  const name = context.channels?.get(id)?.name || label || id;
  return make("span", { class: "kit-mention", "data-channel": id }, "#", make("bdi", {}, name));
}

export function group(id, context, label = "") {
  const name = label.replace(/^@/, "") || context.groups?.get(id)?.name || id;
  return make("span", { class: "kit-mention" }, "@", make("bdi", {}, name));
}

/** Return a mention that notifies everybody: marked loudly, for a bot should never send it. */
export function broadcast(range) {
  return make("span", { class: "kit-mention kit-broadcast" }, `@${range}`);
}

/**
 * Return what Slack shows for `<content>`. `decoded` turns entities into characters;
 * `inside(label)` returns the nodes of a label.
 */
export function control(content, context, decoded, inside) {
  const bar = content.indexOf("|");
  const target = decoded(bar < 0 ? content : content.slice(0, bar));
  const label = bar < 0 ? "" : content.slice(bar + 1);
  if (target.startsWith("@")) return person(target.slice(1), context, decoded(label));
  if (target.startsWith("#")) return channel(target.slice(1), context, decoded(label));
  if (target.startsWith("!")) return special(target.slice(1), decoded(label), context);
  return link(target, ...(label ? inside(label) : [target.replace(/^mailto:/, "")]));
}

function special(target, label, context) {
  const [name, ...rest] = target.split("^");
  if (["here", "channel", "everyone", "group"].includes(name)) return broadcast(name);
  if (name === "subteam") return group(rest[0] ?? "", context, label);
  if (name === "date") return date(rest, label, context);
  return make("span", {}, label || `<!${target}>`);
}

function date([seconds, format, address], fallback, context) {
  const shown = /^\d{1,12}$/.test(seconds ?? "") ? formatted(Number(seconds), format ?? "", context) : null;
  const words = make("time", { title: fallback || null }, shown || fallback);
  return address ? link(address, words) : words;
}
