/** Makes elements. Text comes in as text nodes alone, and addresses through `link`. */

let made = 0;

/** Return an id that nothing else in the page has. */
export function newId(name) {
  made += 1;
  return `kit-${name}-${made}`;
}

/**
 * Return an element. `properties`: attributes by name, with `class` among them; an attribute that
 * is null, undefined or false is left out. `children`: elements and strings.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** Return the address if a person may follow it: http, https or mailto. Else null. */
export function safeAddress(address) {
  if (typeof address !== "string" || !URL.canParse(address)) return null;
  return SCHEMES.has(new URL(address).protocol) ? address : null;
}

/** Return a link, or a span with the same content if the address may not be followed. */
export function link(address, ...children) {
  const safe = safeAddress(address);
  if (safe === null) return make("span", { class: "kit-no-link" }, ...children);
  return make(
    "a",
    { class: "kit-link", href: safe, target: "_blank", rel: "noopener noreferrer" },
    ...children,
  );
}

/** Return words that only screen readers get. */
export function unseen(words) {
  return make("span", { class: "kit-unseen" }, words);
}

/**
 * Return a red box for content that this page cannot show. It names the type and holds the whole
 * content: nothing is dropped silently.
 */
export function unknown(what, content) {
  const type = content !== null && typeof content === "object" ? content.type : undefined;
  const shown = typeof type === "string" ? type : typeof content;
  return make(
    "div",
    { class: "kit-unknown", role: "group", "aria-label": `Unknown ${what}`, "data-unknown": what },
    make("strong", {}, `Unknown ${what}: ${shown}`),
    make("pre", {}, JSON.stringify(content, null, 2) ?? String(content)),
  );
}
