/** Shows payloads, and tells what came of each. */

import { renderMessage, renderView, showErrors, viewState } from "/kit/index.js";

const main = document.querySelector("#shown");
const told = [];
const violations = [];
const context = {
  people: new Map([["U0ADA", { name: "Ada" }], ["U0LOCALBOT", { name: "Footnote" }]]),
  channels: new Map([["C0GENERAL", { name: "general", kind: "channel" }], ["D0ADA", { name: "ada", kind: "im" }]]),
  now: 1_795_000_000_000,
  onAction: (action) => told.push(["action", action]),
  onSubmit: (submission) => told.push(["submit", submission]),
  onClose: (closed) => told.push(["close", closed]),
};
document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));

function render(payload) {
  const isView = payload.type === "modal" || payload.type === "home";
  return isView ? renderView(payload, context) : renderMessage(payload, context);
}

/** Return everything that a person can read or hear of an element. */
function readable(element) {
  const parts = [element.textContent];
  for (const one of element.querySelectorAll("*")) {
    parts.push(one.value ?? "", ...["placeholder", "aria-label", "title"].map((name) => one.getAttribute(name) ?? ""));
  }
  return parts.join("\n");
}

/** Return what no rendered payload may have: code, foreign addresses, styles of its own. */
function live(root) {
  const found = [];
  for (const element of [root, ...root.querySelectorAll("*")]) {
    if (["SCRIPT", "IFRAME", "OBJECT", "EMBED", "IMG", "LINK", "STYLE", "BASE", "META", "SVG"].includes(element.tagName)) found.push(element.tagName);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || ["src", "srcset", "srcdoc", "action", "formaction"].includes(name)) found.push(`${name}=${value}`);
      if (name === "href" && !/^(https?:\/\/|mailto:)/i.test(value)) found.push(`${name}=${value}`);
      if (name === "href" && !element.rel.includes("noopener")) found.push(`rel=${element.rel}`);
    }
  }
  return found;
}

window.harness = {
  told,
  violations,
  reset: () => {
    for (const list of [told, violations]) list.length = 0;
    for (const dialog of document.querySelectorAll("dialog")) dialog.remove();
    main.replaceChildren();
  },
  /** Render each payload alone, and tell about it. */
  examine: (payloads) =>
    payloads.map((payload) => {
      const element = render(payload);
      main.replaceChildren(element);
      return {
        readable: readable(element),
        unknown: [...element.querySelectorAll("[data-unknown]")].map((box) => box.textContent),
        live: live(element),
        blocks: element.querySelectorAll(".kit-block").length,
        wide: element.scrollWidth > element.clientWidth,
        state: viewState(element),
      };
    }),
  /** Return how long half of a payload's text takes, and all of it, in milliseconds. */
  timed: (payload) => {
    const once = (part) => {
      const start = performance.now();
      render(part);
      return performance.now() - start;
    };
    const half = (text) => text.slice(0, text.length / 2);
    const shorter = payload.text ? { text: half(payload.text) } : { blocks: payload.blocks.map((block) => ({ ...block, text: half(block.text) })) };
    return [shorter, payload].map((part) => Math.min(once(part), once(part), once(part)));
  },
  /** Show payloads, one below the other. */
  show: (payloads) => main.replaceChildren(...payloads.map(render)),
  html: (payload) => render(payload).querySelector(".kit-body").innerHTML,
  state: () => viewState(main),
  showErrors: (errors) => showErrors(main.firstElementChild, errors),
};
document.documentElement.dataset.ready = "yes";
