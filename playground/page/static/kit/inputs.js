/** Fields to type into, and dates. */

import { make } from "./dom.js";
import { focused } from "./selects.js";
import { words } from "./text.js";

const KINDS = { email_text_input: "email", url_text_input: "url", number_input: "number" };

export function textInput(spec, block, scope, names) {
  const limits = { minlength: spec.min_length, maxlength: spec.max_length ?? 3000 };
  const shared = {
    class: "kit-input",
    "aria-label": names.label,
    placeholder: spec.placeholder ? words(spec.placeholder) : null,
    dir: "auto",
    ...names.attributes,
    ...focused(spec),
  };
  const numbers = { min: spec.min_value, max: spec.max_value, step: spec.is_decimal_allowed ? "any" : 1 };
  const kind = KINDS[spec.type] ?? "text";
  const field = spec.multiline
    ? make("textarea", { ...shared, ...limits, rows: 4 })
    : make("input", { ...shared, type: kind, ...(kind === "number" ? numbers : limits) });
  field.value = spec.initial_value ?? "";
  const state = () => ({ value: field.value === "" ? null : field.value });
  if (block.dispatch_action === true) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || spec.multiline) return;
      event.preventDefault();
      scope.act(block, spec, state(), field.value);
    });
  }
  return scope.control(field, block, spec, () => ({ type: spec.type, ...state() }));
}

/** Return a field for a date or a time, `key` its name in Slack's state without "selected_". */
export function moment(kind, key) {
  return (spec, block, scope, names) => {
    const hint = spec.placeholder ? words(spec.placeholder) : "";
    const field = make("input", {
      class: "kit-input kit-moment",
      type: kind,
      "aria-label": names.label || hint || "Choose",
      title: hint || null,
      ...names.attributes,
      ...focused(spec),
    });
    const initial = spec[`initial_${key}`];
    field.value = initial === undefined ? "" : shown(kind, initial);
    const value = () => (field.value === "" ? null : sent(kind, field.value));
    scope.control(field, block, spec, () => ({ type: spec.type, [`selected_${key}`]: value() }));
    if (scope.acts(block)) {
      field.addEventListener("change", () => scope.act(block, spec, { [`selected_${key}`]: value() }, value()));
    }
    return field;
  };
}

/** Slack has dates with times in seconds; the field has the reader's own time. */
function shown(kind, value) {
  if (kind !== "datetime-local") return String(value);
  const date = new Date(value * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function sent(kind, value) {
  return kind === "datetime-local" ? Math.floor(new Date(value).getTime() / 1000) : value;
}
