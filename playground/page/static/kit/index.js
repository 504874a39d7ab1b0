/**
 * Slack's messages and views as elements.
 *
 * `context`: `people` and `channels` (Maps from an id to `{name}`; a channel may have its `kind`,
 * as the local Slack names it), `now` (milliseconds, a Date, or a function), and what happens:
 * - `onAction(action)`: somebody pressed or picked. `action` is Slack's entry in `actions`
 *   (`type`, `block_id`, `action_id`, `value` or `selected_...`), with `picked` (the plain value),
 *   `container` (the message or view) and `state`.
 * - `onSubmit({view_id, callback_id, state, picked})` and `onClose({view_id})`: of a modal. `picked`
 *   has the plain values by block_id, `state` Slack's form of them.
 *
 * Everything in a payload is somebody else's text: it becomes text nodes, and links to http, https
 * and mailto alone. What this page cannot show is a red box (`[data-unknown]`).
 */

export { renderMessage } from "./message.js";
export { renderView, showErrors, viewState } from "./views.js";
