/** Modals and Home tabs: what is shown, what was filled in, and what is wrong with it. */

import { blocks } from "./blocks.js";
import { make, newId } from "./dom.js";
import { Scope, stateOf } from "./scope.js";
import { words } from "./text.js";

/**
 * Return a view. A modal is a form with its title and buttons; `context.onSubmit` is called once all
 * that must be filled in is, and `context.onClose` for Cancel (index.js says with what).
 */
export function renderView(view, context) {
  const scope = new Scope(context, view.type, { type: "view", view_id: view.id });
  const shown = blocks(view.blocks ?? [], scope);
  const root = view.type === "modal" ? modal(view, shown, context) : make("div", { class: "kit-home" }, ...shown);
  root.classList.add("kit");
  scope.root = root;
  if (view.errors) showErrors(root, view.errors);
  return root;
}

/** Return Slack's `state.values` of a view that `renderView` made. */
export function viewState(element) {
  return stateOf(element);
}

/**
 * Show errors below their fields, by block_id, and put the focus on the first; no errors take all
 * away. Errors of blocks that are not there are shown at the top.
 */
export function showErrors(element, errors = {}) {
  let first = null;
  const left = new Map(Object.entries(errors));
  for (const group of element.querySelectorAll("[data-kit-input]")) {
    const id = group.getAttribute("data-kit-input");
    const said = left.get(id);
    left.delete(id);
    say(group, said);
    if (said !== undefined) first ??= field(group);
  }
  element.querySelector(":scope > .kit-form-error")?.remove();
  if (left.size > 0) {
    const lines = [...left].map(([id, said]) => make("div", {}, `${id}: ${said}`));
    element.prepend(make("div", { class: "kit-form-error kit-error", role: "alert" }, ...lines));
  }
  first?.focus();
}

function say(group, said) {
  group.querySelector("[data-kit-error]").textContent = said ?? "";
  group.classList.toggle("kit-wrong", said !== undefined);
  for (const control of group.querySelectorAll("[data-kit-control]")) {
    // A group of boxes has a role that knows no "invalid"; its error is part of its description.
    if (control.getAttribute("role") === "group") continue;
    if (said === undefined) control.removeAttribute("aria-invalid");
    else control.setAttribute("aria-invalid", "true");
  }
}

function field(group) {
  return group.querySelector("input, select, textarea, summary");
}

function modal(view, shown, context) {
  const title = newId("title");
  const close = make("button", { class: "kit-button", type: "button" }, words(view.close) || "Close");
  const buttons = [close];
  if (view.submit) {
    buttons.push(
      make("button", { class: "kit-button kit-primary", type: "submit", disabled: view.submit_disabled === true }, words(view.submit)),
    );
  }
  const form = make(
    "form",
    { class: "kit-modal", novalidate: true, "aria-labelledby": title },
    make("h2", { class: "kit-modal-title", id: title }, words(view.title)),
    make("div", { class: "kit-modal-body" }, ...shown),
    make("div", { class: "kit-modal-buttons" }, ...buttons),
  );
  close.addEventListener("click", () => context.onClose?.({ view_id: view.id }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const errors = missing(form);
    showErrors(form, errors);
    if (Object.keys(errors).length > 0) return;
    const values = viewState(form);
    context.onSubmit?.({ view_id: view.id, callback_id: view.callback_id ?? "", state: { values }, picked: picked(values) });
  });
  return form;
}

/** Return what Slack's window refuses by itself: fields that are empty or filled in wrongly. */
function missing(form) {
  const values = viewState(form);
  const errors = {};
  for (const group of form.querySelectorAll("[data-kit-input]")) {
    const id = group.getAttribute("data-kit-input");
    const input = group.querySelector("input, textarea");
    const empty = Object.values(values[id] ?? {}).some(isEmpty);
    if (group.dataset.optional === "no" && empty) errors[id] = "Please complete this required field.";
    else if (input !== null && tooShort(input)) errors[id] = `Please write at least ${input.minLength} characters.`;
    else if (input !== null && !input.validity.valid) errors[id] = input.validationMessage;
  }
  return errors;
}

/** A browser checks the length only of what a person typed, not of what the app put there. */
function tooShort(input) {
  return input.minLength > 0 && input.value !== "" && input.value.length < input.minLength;
}

/** Return the plain value of each input by block_id: a text, the value of an option, several of them. */
function picked(values) {
  return Object.fromEntries(Object.entries(values).map(([id, actions]) => [id, plain(Object.values(actions)[0])]));
}

function plain({ type, ...state }) {
  if ("selected_options" in state) return state.selected_options.map(({ value }) => value);
  if ("selected_option" in state) return state.selected_option?.value ?? null;
  return Object.values(state)[0];
}

function isEmpty(state) {
  return Object.entries(state).every(
    ([name, value]) => name === "type" || value === null || value.length === 0,
  );
}
