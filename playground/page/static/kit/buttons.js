/** Elements that are pressed: buttons, feedback, icons, menus of three dots. */

import { make, safeAddress, unseen } from "./dom.js";
import { textNodes, words } from "./text.js";

export function button(spec, block, scope) {
  const style = ["primary", "danger"].includes(spec.style) ? ` kit-${spec.style}` : "";
  const shared = { class: `kit-button${style}`, "aria-label": spec.accessibility_label || null };
  const content = textNodes(spec.text, scope.context);
  const address = spec.url === undefined ? null : safeAddress(spec.url);
  const element =
    address === null
      ? make("button", { ...shared, type: "button" }, ...content)
      : make("a", { ...shared, href: address, target: "_blank", rel: "noopener noreferrer" }, ...content, unseen(" (opens another page)"));
  element.addEventListener("click", () => scope.act(block, spec, pressed(spec), spec.value));
  return element;
}

export function iconButton(spec, block, scope) {
  const icon = make("span", { "aria-hidden": "true" }, spec.icon === "trash" ? "🗑️ " : "▫️ ");
  const element = make(
    "button",
    { class: "kit-button kit-quiet", type: "button", "aria-label": spec.accessibility_label || null },
    icon,
    ...textNodes(spec.text, scope.context),
  );
  element.addEventListener("click", () => scope.act(block, spec, pressed(spec), spec.value));
  return element;
}

export function feedbackButtons(spec, block, scope) {
  const sides = [[spec.positive_button, "👍"], [spec.negative_button, "👎"]];
  const buttons = sides.map(([side, sign]) =>
    make(
      "button",
      { class: "kit-button kit-quiet", type: "button", "aria-label": side.accessibility_label || null },
      make("span", { "aria-hidden": "true" }, `${sign} `),
      ...textNodes(side.text, scope.context),
    ),
  );
  buttons.forEach((element, number) => {
    const [side] = sides[number];
    element.addEventListener("click", () =>
      scope.act(block, spec, { value: side.value, text: side.text }, side.value),
    );
  });
  return make("div", { class: "kit-feedback", role: "group", "aria-label": "Feedback" }, ...buttons);
}

export function overflow(spec, block, scope) {
  const summary = make("summary", { class: "kit-button kit-quiet", "aria-label": "More actions" }, "⋯");
  const items = spec.options.map((option) => {
    const item = make("button", { class: "kit-menu-item", type: "button" }, words(option.text), ...described(option));
    item.addEventListener("click", () => {
      menu.open = false;
      scope.act(block, spec, { selected_option: option }, option.value);
    });
    return make("li", {}, item);
  });
  const menu = make("details", { class: "kit-overflow" }, summary, make("ul", { class: "kit-menu" }, ...items));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    event.preventDefault();
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget !== null && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}

function described(option) {
  return option.description ? [make("small", { class: "kit-description" }, words(option.description))] : [];
}

function pressed(spec) {
  const sent = { text: spec.text };
  for (const name of ["value", "style", "url"]) if (name in spec) sent[name] = spec[name];
  return sent;
}
