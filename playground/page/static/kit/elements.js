/** The elements of blocks, by type. */

import { button, feedbackButtons, iconButton, overflow } from "./buttons.js";
import { unknown } from "./dom.js";
import { moment, textInput } from "./inputs.js";
import {
  channels,
  choiceOf,
  choices,
  choicesOf,
  externalSelect,
  multiStaticSelect,
  people,
  staticSelect,
} from "./selects.js";

const ELEMENTS = {
  button,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  overflow,
  static_select: staticSelect,
  external_select: externalSelect,
  users_select: choiceOf("user", people),
  channels_select: choiceOf("channel", channels),
  conversations_select: choiceOf("conversation", channels),
  multi_static_select: multiStaticSelect,
  multi_users_select: choicesOf("users", people),
  multi_channels_select: choicesOf("channels", channels),
  multi_conversations_select: choicesOf("conversations", channels),
  datepicker: moment("date", "date"),
  timepicker: moment("time", "time"),
  datetimepicker: moment("datetime-local", "date_time"),
  checkboxes: choices("checkbox"),
  radio_buttons: choices("radio"),
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
};

/**
 * Return an element of a block. `names`: how screen readers find its label: `label`, or
 * `attributes` that point to one in the page.
 */
export function element(spec, block, scope, names = {}) {
  const show = Object.hasOwn(ELEMENTS, spec?.type) ? ELEMENTS[spec.type] : null;
  return show === null ? unknown("element", spec) : show(spec, block, scope, names);
}
