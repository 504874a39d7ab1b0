/** The drawer "Why this answer": a plain sentence, the passages, and below, folded, stages and numbers. */

import { h } from "./dom.js";
import { plainly } from "./plainly.js";

const STAGES = [
  ["rewrite", "Follow-up made a question of its own"],
  ["embed", "Question embedded"],
  ["search", "Searched and ranked"],
  ["compose", "Quoted or composed"],
  ["check", "Pages checked once more"],
];
const FEATURES = { closest: "Nearest sentence (cosine)", words: "Share of the question's words", pairs: "Share of its word pairs", read: "Read by the cross-encoder" };

/** Return the drawer's content. */
export function why(told) {
  if (told === null) return h("div", { class: "why" }, h("p", { class: "empty" }, "No answer was made for this message: it is a card, a note or an answer that was asked back."));
  const all = [told, ...(told.others ?? [])];
  return h(
    "div",
    { class: "why" },
    all.map((one) => answer(one, one === told ? one.question : `Also asked: ${one.question}`)),
    folded(
      all.flatMap((one) => [
        section("Stages", stages(one)),
        one.why ? section("Confidence", confidence(one)) : null,
        one.pages ? section("Scores and gates", ...one.pages.map((page) => page.passages.map((passage) => figures(page, passage)))) : null,
        section("Rights", rights(one)),
      ]),
    ),
  );
}

function answer(told, title) {
  return [
    section(title, h("p", { class: "plainly" }, plainly(told)), notes(told).map((one) => h("p", { class: "note" }, one))),
    told.sentences.length > 0 ? section("Sentences of the model", sentences(told.sentences)) : null,
    section("Pages and passages", pages(told)),
  ];
}

function folded(...content) {
  return h("details", { class: "folded" }, h("summary", {}, "Stages and numbers"), content);
}

function section(title, ...content) {
  return h("section", { class: "why-section" }, h("h3", {}, title), content);
}

function notes(told) {
  const searched = told.searched !== told.question ? `Searched as: ${told.searched}` : "";
  return [searched, told.verified, told.fallback, told.unchecked, told.narrowed, ...(told.linked ?? []).map((one) => `${one.name}: ${one.why}`)].filter(Boolean);
}

function stages(told) {
  const times = told.timings ?? {};
  const total = Math.max(times.total ?? 0, 1);
  const rows = STAGES.filter(([name]) => times[name] > 0).map(([name, label]) =>
    h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, bar(times[name] / total)), h("td", { class: "figure" }, `${Math.round(times[name])} ms`)),
  );
  const sum = h("tr", {}, h("th", { scope: "row" }, "Together"), h("td", {}), h("td", { class: "figure" }, `${Math.round(times.total ?? 0)} ms`));
  return h("table", { class: "stages" }, h("caption", { class: "unseen" }, "Milliseconds of each stage"), rows, sum);
}

function bar(share) {
  const element = h("span", { class: "bar-of", "aria-hidden": "true" }, h("span", {}));
  element.firstChild.style.width = `${Math.round(share * 100)}%`;
  return element;
}

function confidence(told) {
  const { seen, weighs, rule, asking_back: back, rights: narrowed } = told.why;
  const rows = Object.entries(seen).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, FEATURES[name] ?? name), h("td", { class: "figure" }, value.toFixed(3)), h("td", { class: "figure" }, `× ${weighs[name]}`)),
  );
  const bias = h("tr", {}, h("th", { scope: "row" }, "Bias"), h("td", {}), h("td", { class: "figure" }, String(weighs.bias)));
  return h("div", {}, h("p", {}, `${percent(told.confidence)} sure.`), h("table", { class: "stages" }, h("caption", { class: "unseen" }, "Features and their weights"), rows, bias), h("p", {}, rule), back ? h("p", { class: "note" }, back) : null, narrowed ? h("p", { class: "note" }, narrowed) : null);
}

function sentences(all) {
  return h("ol", { class: "sentences" }, all.map((one) => h("li", { class: `said-${one.verdict === "supported" ? "well" : one.verdict === "unclear" ? "unclear" : "dropped"}` }, one.text, h("span", { class: "badge" }, one.verdict === "supported" || one.verdict === "unclear" ? one.verdict : `dropped: ${one.verdict}`))));
}

function pages(told) {
  if (!told.pages) return h("p", { class: "note" }, "Nothing was searched.");
  const { stand, fell, doubt } = told.rechecked;
  const checked = stand + fell + doubt > 0 ? `Checked once more: ${stand} stand, ${fell} dropped, ${doubt} not confirmed.` : "These wikis are not checked once more: what is indexed counts.";
  return h(
    "div",
    {},
    h("p", { class: "note" }, checked),
    told.pages.map((page) =>
      h(
        "details",
        { class: "found", open: page.state === "quoted" },
        h("summary", {}, h("span", { class: "found-title" }, page.title || page.url), h("span", { class: `badge state-${page.state.split(/[ :]/)[0]}` }, page.state)),
        page.passages.map(passage),
      ),
    ),
    told.more_pages > 0 ? h("p", { class: "note" }, `And ${told.more_pages} more pages.`) : null,
  );
}

function passage(one) {
  return h(
    "div",
    { class: `passage${one.cited ? " cited" : ""}` },
    h("p", { class: "passage-head" }, one.heading || "(no heading)", one.cited ? h("span", { class: "badge state-quoted" }, "quoted section") : null),
    h("p", { class: "passage-text", dir: "auto" }, one.text),
  );
}

function figures(page, one) {
  const scores = one.beside ? ["beside a passage that was found"] : [`score ${one.score.toFixed(3)}`, `nearest sentence ${one.closest.toFixed(2)}`];
  if (one.relevance !== null) scores.push(`cross-encoder ${one.relevance.toFixed(2)}`);
  return h(
    "div",
    { class: "passage" },
    h("p", { class: "passage-head" }, [page.title, one.heading].filter(Boolean).join(" > ")),
    h("p", { class: "note" }, scores.join(" · ")),
    h("p", { class: "note" }, `May be read by: ${one.acl.map((gate) => gate.join(" or ") || "nobody").join("; and ")}`),
  );
}

function rights(told) {
  const [first, ...rest] = told.rights;
  const whose = rest.length > 0 ? `An answer for ${told.rights.length} people: each must pass every gate of a page.` : "An answer with these rights:";
  return h("div", {}, h("p", { class: "note" }, whose), h("ul", { class: "tokens" }, (rest.length > 0 ? told.rights : [first]).map((one) => h("li", {}, one.join(", ")))));
}

function percent(value) {
  return `${Math.round((value ?? 0) * 100)} %`;
}
