/** Dates as Slack writes them, in the reader's own time zone. */

const DAY = 86_400_000;

/** Return the time now, in milliseconds. `context.now`: milliseconds, a Date, or a function. */
export function now(context) {
  const given = typeof context.now === "function" ? context.now() : context.now;
  return given === undefined ? Date.now() : Number(given);
}

/** Return Slack's date `format` for a time in seconds; tokens that it does not have are kept. */
export function formatted(seconds, format, context) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return format.replace(/\{([a-z_]{1,30})\}/g, (token, name) => {
    const write = TOKENS[name];
    return write === undefined ? token : write(date, now(context));
  });
}

/** Return the time of day of a message. */
export function timeOf(ts) {
  const date = new Date(Number(ts) * 1000);
  return Number.isNaN(date.getTime()) ? "" : time(date);
}

function written(options) {
  const writer = new Intl.DateTimeFormat("en-US", options);
  return (date) => writer.format(date);
}

const time = written({ hour: "numeric", minute: "2-digit" });
const day = written({ year: "numeric", month: "long", day: "numeric" });
const shortDay = written({ year: "numeric", month: "short", day: "numeric" });
const longDay = written({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const twoDigits = (number) => String(number).padStart(2, "0");

/** Use "today" and its like where they fit. */
function pretty(otherwise) {
  return (date, present) => {
    const apart = Math.round((midnight(date) - midnight(new Date(present))) / DAY);
    return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[apart] ?? otherwise(date);
  };
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function ago(date, present) {
  const seconds = Math.round((date.getTime() - present) / 1000);
  const units = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
  const writer = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  return writer.format(Math.trunc(seconds / size), unit);
}

const TOKENS = {
  date_num: (date) =>
    `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`,
  date_slash: (date) =>
    `${twoDigits(date.getMonth() + 1)}/${twoDigits(date.getDate())}/${date.getFullYear()}`,
  date: day,
  date_short: shortDay,
  date_long: longDay,
  day_divider_pretty: pretty(longDay),
  date_pretty: pretty(day),
  date_short_pretty: pretty(shortDay),
  date_long_pretty: pretty(longDay),
  time,
  time_secs: written({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};
