/** Makes elements. Text comes in as text nodes alone. */

/**
 * Return an element. `properties`: attributes by name; functions are listeners (`onclick`);
 * null, undefined and false are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what is in an element, and leave the focus where it was. */
export function fill(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children.flat(2).filter(Boolean));
  if (focused !== undefined) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/**
 * Show `items` in an element in their order. An item that is unchanged (by `stamp(item)`) keeps its
 * element, with what was typed into it and the focus.
 */
export function keep(parent, items, key, stamp, make) {
  const before = new Map([...parent.children].map((child) => [child.dataset.keep, child]));
  let last = null;
  for (const item of items) {
    const [name, mark] = [key(item), stamp(item)];
    let element = before.get(name);
    before.delete(name);
    if (element === undefined || element.keptStamp !== mark) {
      const made = make(item);
      made.dataset.keep = name;
      made.keptStamp = mark;
      if (element !== undefined) element.replaceWith(made);
      element = made;
    }
    const place = last === null ? parent.firstElementChild : last.nextElementSibling;
    if (place !== element) parent.insertBefore(element, place);
    last = element;
  }
  for (const gone of before.values()) gone.remove();
}

/** Return words that only screen readers get. */
export function unseen(words, tag = "span") {
  return h(tag, { class: "unseen" }, words);
}
