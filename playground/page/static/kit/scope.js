/** What the blocks of one message or view share: names, the surface, and where actions go. */

import { make } from "./dom.js";
import { words } from "./text.js";

/**
 * Elements that hold a value, with how to read it. `viewState` goes through them.
 * Each: `{block_id, action_id, read, required}`; `read()` returns Slack's state of the element.
 */
const controls = new WeakMap();

/** One rendered message or view. `container` is Slack's, as payloads of actions have it. */
export class Scope {
  constructor(context, surface, container) {
    this.context = context;
    this.surface = surface;
    this.container = container;
    this.root = null;
  }

  /** Register an element that holds a value. */
  control(element, block, spec, read) {
    element.setAttribute("data-kit-control", "");
    controls.set(element, { block_id: block.block_id ?? "", action_id: spec.action_id ?? "", read });
    return element;
  }

  /**
   * Tell the page what a person did, after they have confirmed it, if the app asks for that.
   * `picked` is what was chosen: the value of a button, of options, a date.
   * Return whether it was told.
   */
  async act(block, spec, chosen, picked) {
    if (spec.confirm && !(await confirmed(spec.confirm))) return false;
    this.context.onAction?.({
      type: spec.type,
      block_id: block.block_id ?? "",
      action_id: spec.action_id ?? "",
      ...chosen,
      picked,
      container: this.container,
      state: { values: this.root === null ? {} : stateOf(this.root) },
    });
    return true;
  }

  /** Whether a change in this block is an action at once, or part of a form. */
  acts(block) {
    return block.type !== "input" || block.dispatch_action === true;
  }
}

/** Return Slack's `state.values` of everything below an element. */
export function stateOf(root) {
  const values = {};
  for (const element of root.querySelectorAll("[data-kit-control]")) {
    const { block_id, action_id, read } = controls.get(element);
    values[block_id] ??= {};
    values[block_id][action_id] = read();
  }
  return values;
}

/** Ask as Slack asks before an action. */
function confirmed(confirm) {
  const style = confirm.style === "danger" ? "danger" : "primary";
  const yes = make("button", { class: `kit-button kit-${style}`, type: "button" }, words(confirm.confirm) || "Yes");
  const no = make("button", { class: "kit-button", type: "button" }, words(confirm.deny) || "Cancel");
  const title = make("h2", { class: "kit-modal-title" }, words(confirm.title));
  const dialog = make(
    "dialog",
    { class: "kit-confirm", "aria-label": words(confirm.title) || "Confirm" },
    title,
    make("p", { class: "kit-text" }, words(confirm.text)),
    make("div", { class: "kit-modal-buttons" }, no, yes),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close(""));
    dialog.showModal();
  });
}
