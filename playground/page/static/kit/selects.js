/** Menus to choose from: options of the app, people, channels; one or several. */

import { make, newId } from "./dom.js";
import { textNodes, words } from "./text.js";

/** Return a menu of the app's options of which one is chosen. */
export function staticSelect(spec, block, scope, names) {
  const offered = groupsOf(spec);
  const initial = spec.initial_option?.value;
  return select(spec, block, scope, names, offered, initial, {
    state: (option) => ({ selected_option: option?.option ?? null }),
  });
}

/** Its options come from the app as a person types, which the local Slack does not ask for. */
export function externalSelect(spec, block, scope, names) {
  const initial = spec.initial_option ? [asOption(spec.initial_option)] : [];
  const element = select(spec, block, scope, names, [{ options: initial }], spec.initial_option?.value, {
    state: (option) => ({ selected_option: option?.option ?? null }),
  });
  element.append(make("small", { class: "kit-hint" }, "The app offers more options as one types, which this page does not show."));
  return element;
}

/** Return a menu of people or channels. `key`: its name in Slack's state, without "selected_". */
export function choiceOf(key, offered) {
  return (spec, block, scope, names) =>
    select(spec, block, scope, names, [{ options: offered(scope.context, spec) }], spec[`initial_${key}`], {
      state: (option) => ({ [`selected_${key}`]: option?.value ?? null }),
    });
}

export function multiStaticSelect(spec, block, scope, names) {
  const initial = (spec.initial_options ?? []).map((option) => option.value);
  return several(spec, block, scope, names, groupsOf(spec), initial, {
    state: (options) => ({ selected_options: options.map(({ option }) => option) }),
  });
}

/** Return a menu of people or channels of which several can be chosen. */
export function choicesOf(key, offered) {
  return (spec, block, scope, names) =>
    several(spec, block, scope, names, [{ options: offered(scope.context, spec) }], spec[`initial_${key}`] ?? [], {
      state: (options) => ({ [`selected_${key}`]: options.map(({ value }) => value) }),
    });
}

export function people(context) {
  return named(context.people, "@");
}

export function channels(context, spec) {
  const wanted = spec.filter?.include;
  const fits = (place) => !Array.isArray(wanted) || place.kind === undefined || wanted.includes(KINDS[place.kind]);
  return named(new Map([...(context.channels ?? [])].filter(([, place]) => fits(place))), "#");
}

const KINDS = { channel: "public", group: "private", im: "im", mpim: "mpim" };

function named(entries, sign) {
  return [...(entries ?? [])].map(([value, { name }]) => ({ value, label: `${sign}${name}` }));
}

function groupsOf(spec) {
  if (!Array.isArray(spec.option_groups)) return [{ options: (spec.options ?? []).map(asOption) }];
  return spec.option_groups.map((group) => ({ label: words(group.label), options: group.options.map(asOption) }));
}

function asOption(option) {
  return { value: option.value, label: words(option.text), option };
}

function select(spec, block, scope, names, groups, initial, { state }) {
  const options = groups.flatMap((group) => group.options);
  if (initial !== undefined && !options.some(({ value }) => value === initial)) {
    // Slack keeps a person or channel that the reader cannot see.
    options.push({ value: initial, label: initial });
    groups.at(-1).options = [...groups.at(-1).options, options.at(-1)];
  }
  let number = -1;
  const item = (option) => {
    number += 1;
    return make("option", { value: number, selected: option.value === initial }, option.label);
  };
  const menu = make(
    "select",
    { class: "kit-input", "aria-label": names.label || words(spec.placeholder) || "Choose", ...names.attributes, ...focused(spec) },
    make("option", { value: "" }, words(spec.placeholder) || "Choose an option"),
    ...groups.map((group) =>
      group.label === undefined
        ? fragment(group.options.map(item))
        : make("optgroup", { label: group.label }, ...group.options.map(item)),
    ),
  );
  const chosen = () => (menu.value === "" ? null : options[Number(menu.value)]);
  scope.control(menu, block, spec, () => ({ type: spec.type, ...state(chosen()) }));
  if (scope.acts(block)) {
    menu.addEventListener("change", () => scope.act(block, spec, state(chosen()), chosen()?.value ?? null));
  }
  return make("div", { class: "kit-select" }, menu);
}

/** Several of many: a list to unfold, with a box for each. */
function several(spec, block, scope, names, groups, initial, { state }) {
  const options = groups.flatMap((group) => group.options);
  const missing = initial.filter((value) => !options.some((option) => option.value === value));
  const added = missing.map((value) => ({ value, label: value }));
  const summary = make("summary", { class: "kit-input" });
  const boxes = new Map();
  const box = (option) => {
    const input = make("input", { type: "checkbox", checked: initial.includes(option.value) });
    boxes.set(option, input);
    return make("label", { class: "kit-choice" }, input, make("span", {}, option.label));
  };
  const lists = [...groups, { options: added }].map((group) =>
    group.label === undefined
      ? make("div", {}, ...group.options.map(box))
      : make("fieldset", { class: "kit-option-group" }, make("legend", {}, group.label), ...group.options.map(box)),
  );
  const menu = make("details", { class: "kit-several" }, summary, make("div", { class: "kit-menu" }, ...lists));
  const whole = make("div", { role: "group", class: "kit-select", "aria-label": names.label || words(spec.placeholder) || "Choose", ...names.attributes }, menu);
  const chosen = () => [...boxes].filter(([, input]) => input.checked).map(([option]) => option);
  const show = () => {
    const labels = chosen().map(({ label }) => label);
    summary.textContent = labels.join(", ") || words(spec.placeholder) || "Choose options";
    const full = labels.length >= (spec.max_selected_items ?? Infinity);
    for (const input of boxes.values()) input.disabled = full && !input.checked;
  };
  show();
  menu.addEventListener("change", () => {
    show();
    if (scope.acts(block)) scope.act(block, spec, state(chosen()), chosen().map(({ value }) => value));
  });
  return scope.control(whole, block, spec, () => ({ type: spec.type, ...state(chosen()) }));
}

/** Return radio buttons or checkboxes, in the order of the app. */
export function choices(kind) {
  const several = kind === "checkbox";
  return (spec, block, scope, names) => {
    const initial = several ? (spec.initial_options ?? []) : [spec.initial_option];
    const ticked = initial.filter(Boolean).map((option) => option.value);
    const group = newId("choice");
    const boxes = spec.options.map((option) => {
      const input = make("input", { type: kind, name: group, checked: ticked.includes(option.value) });
      return { option, input };
    });
    const chosen = () => boxes.filter(({ input }) => input.checked).map(({ option }) => option);
    const state = () => (several ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null });
    const whole = make(
      "div",
      { class: "kit-choices", role: several ? "group" : "radiogroup", "aria-label": names.label || "Choose", ...names.attributes },
      ...boxes.map(({ option, input }) => choice(option, input, scope.context)),
    );
    if (scope.acts(block)) {
      whole.addEventListener("change", () => {
        const values = chosen().map(({ value }) => value);
        scope.act(block, spec, state(), several ? values : (values[0] ?? null));
      });
    }
    return scope.control(whole, block, spec, () => ({ type: spec.type, ...state() }));
  };
}

function choice(option, input, context) {
  const shown = [make("span", {}, ...textNodes(option.text, context))];
  if (option.description) shown.push(make("small", { class: "kit-description" }, ...textNodes(option.description, context)));
  return make("label", { class: "kit-choice" }, input, make("span", {}, ...shown));
}

export function focused(spec) {
  return { autofocus: spec.focus_on_load === true };
}

function fragment(nodes) {
  const all = document.createDocumentFragment();
  all.append(...nodes);
  return all;
}
