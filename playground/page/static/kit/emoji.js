/** The emoji that have a name here; all others are shown by their name, as Slack shows unknown ones. */

import { make } from "./dom.js";

const SIGNS = {
  "+1": "👍", "-1": "👎", 100: "💯", alarm_clock: "⏰", arrow_down: "⬇️", arrow_left: "⬅️",
  arrow_right: "➡️", arrow_up: "⬆️", arrows_counterclockwise: "🔄", ballot_box_with_check: "☑️",
  bangbang: "‼️", bar_chart: "📊", bell: "🔔", blue_heart: "💙", blush: "😊", book: "📖",
  bookmark: "🔖", books: "📚", bug: "🐛", bulb: "💡", calendar: "📆", cat: "🐱",
  chart_with_upwards_trend: "📈", clap: "👏", clipboard: "📋", cloud: "☁️", coffee: "☕",
  computer: "💻", confused: "😕", construction: "🚧", cry: "😢", dart: "🎯", disappointed: "😞",
  dog: "🐶", email: "📧", exclamation: "❗", eyes: "👀", file_folder: "📁", fire: "🔥", gear: "⚙️",
  gift: "🎁", green_heart: "💚", grey_question: "❔", grin: "😁", grinning: "😀", hammer: "🔨",
  handshake: "🤝", heart: "❤️", heart_eyes: "😍", heavy_check_mark: "✔️", heavy_minus_sign: "➖",
  heavy_plus_sign: "➕", hourglass: "⌛", hourglass_flowing_sand: "⏳", house: "🏠",
  information_source: "ℹ️", innocent: "😇", joy: "😂", key: "🔑", label: "🏷️",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_yellow_circle: "🟡", laughing: "😆",
  link: "🔗", lock: "🔒", loudspeaker: "📢", mag: "🔍", mag_right: "🔎", mega: "📣", memo: "📝",
  muscle: "💪", neutral_face: "😐", new: "🆕", no_entry: "⛔", no_entry_sign: "🚫", ok: "🆗",
  ok_hand: "👌", open_mouth: "😮", package: "📦", page_facing_up: "📄", paperclip: "📎",
  partying_face: "🥳", pencil: "📝", pencil2: "✏️", pensive: "😔", point_down: "👇",
  point_left: "👈", point_right: "👉", point_up: "☝️", pray: "🙏", pushpin: "📌", question: "❓",
  rage: "😡", raised_hands: "🙌", recycle: "♻️", red_circle: "🔴", relaxed: "☺️", robot_face: "🤖",
  rocket: "🚀", rotating_light: "🚨", scream: "😱", seedling: "🌱", shield: "🛡️", shrug: "🤷",
  skull: "💀", slightly_smiling_face: "🙂", smile: "😄", smiley: "😃", smirk: "😏", snail: "🐌",
  sob: "😭", sparkles: "✨", speech_balloon: "💬", star: "⭐", stopwatch: "⏱️", sun_with_face: "🌞",
  sunglasses: "😎", sweat_smile: "😅", tada: "🎉", thinking_face: "🤔", thumbsdown: "👎",
  thumbsup: "👍", traffic_light: "🚥", trophy: "🏆", unamused: "😒", unlock: "🔓", warning: "⚠️",
  wastebasket: "🗑️", wave: "👋", white_check_mark: "✅", white_circle: "⚪", wink: "😉",
  worried: "😟", wrench: "🔧", writing_hand: "✍️", x: "❌", yum: "😋", zap: "⚡", zzz: "💤",
};
const KNOWN = new Map(Object.entries(SIGNS));

/** Return an emoji by name; `unicode`: its code points in hexadecimal, as rich text has them. */
export function emoji(name, unicode) {
  const sign = KNOWN.get(name) ?? fromCodePoints(unicode);
  if (sign === null) return make("span", {}, `:${name}:`);
  return make("span", { class: "kit-emoji", role: "img", "aria-label": name, title: `:${name}:` }, sign);
}

/** Return the emoji at a place in text: `{node, end}`; null if there is none that is known. */
export function emojiAt(text, at) {
  EMOJI.lastIndex = at;
  const found = EMOJI.exec(text);
  return found === null || !KNOWN.has(found[1]) ? null : { node: emoji(found[1]), end: EMOJI.lastIndex };
}

/** Return the nodes of plain text, with its emoji. */
export function withEmoji(text) {
  const nodes = [];
  let end = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", Math.max(at + 1, end))) {
    const found = emojiAt(text, at);
    if (found === null) continue;
    nodes.push(text.slice(end, at), found.node);
    end = found.end;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

const EMOJI = /:([a-z0-9_+'-]{1,100}):(?::skin-tone-[2-6]:)?/y;

function fromCodePoints(unicode) {
  if (typeof unicode !== "string" || !/^[0-9a-f]{1,6}(-[0-9a-f]{1,6}){0,9}$/i.test(unicode)) return null;
  const points = unicode.split("-").map((point) => parseInt(point, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}
