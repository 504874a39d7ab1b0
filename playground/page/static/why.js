/** The drawer "Why this answer": what it was made of, and what went over the wire. */

import { h } from "./dom.js";

const STAGES = [
  ["rewrite", "Follow-up made a question of its own"],
  ["embed", "Question embedded"],
  ["search", "Searched and ranked"],
  ["compose", "Quoted or composed"],
  ["check", "Pages checked once more"],
];
const FEATURES = { closest: "Nearest sentence (cosine)", words: "Share of the question's words", pairs: "Share of its word pairs", read: "Read by the cross-encoder" };

/** Return the drawer's content. */
export function why(told, wire) {
  const parts = told === null ? [h("p", { class: "empty" }, "No answer was made for this message: it is a card, a note or an answer that was asked back.")] : answer(told);
  return h("div", { class: "why" }, parts, section("On the wire", wireList(wire)));
}

function answer(told) {
  return [
    verdict(told),
    section("Stages", stages(told)),
    told.why ? section("Confidence", confidence(told)) : null,
    told.sentences.length > 0 ? section("Sentences of the model", sentences(told.sentences)) : null,
    section("Pages and passages", pages(told)),
    section("Rights", rights(told)),
    ...told.others?.map((one) => section(`Also asked: ${one.question}`, h("div", {}, answer(one)))) ?? [],
  ];
}

function section(title, ...content) {
  return h("section", { class: "why-section" }, h("h3", {}, title), content);
}

function verdict(told) {
  const kind = { Answer: "Answered", NoAnswer: "Not answered", Clarify: "Asked back" }[told.kind] ?? "Failed";
  const how = told.kind !== "Answer" ? told.reason?.replaceAll("_", " ") : told.verified || (told.composed ? "in a model's words, each sentence checked" : told.tone === "closest" ? "the closest quotation" : "by quotation");
  const notes = [told.fallback, told.unchecked, told.narrowed, ...(told.linked ?? []).map((one) => `${one.name}: ${one.why}`)].filter(Boolean);
  return h(
    "section",
    { class: "why-section verdict" },
    h("p", { class: "asked" }, told.question),
    told.searched !== told.question ? h("p", { class: "note" }, `Searched as: ${told.searched}`) : null,
    h("p", {}, h("strong", {}, kind), how ? `: ${how}` : "", `. Confidence ${percent(told.confidence)}.`),
    notes.map((one) => h("p", { class: "note" }, one)),
  );
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
  return h("div", {}, h("table", { class: "stages" }, h("caption", { class: "unseen" }, "Features and their weights"), rows, bias), h("p", {}, rule), back ? h("p", { class: "note" }, back) : null, narrowed ? h("p", { class: "note" }, narrowed) : null);
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
        h("summary", {}, h("span", { class: "found-title" }, page.title || page.url), h("span", { class: `badge state-${page.state.split(/[ :]/)[0]}` }, page.state), h("span", { class: "figure" }, page.score.toFixed(2))),
        page.passages.map(passage),
      ),
    ),
    told.more_pages > 0 ? h("p", { class: "note" }, `And ${told.more_pages} more pages.`) : null,
  );
}

function passage(one) {
  const figures = [
    one.beside ? "beside a passage that was found" : `score ${one.score.toFixed(3)}`,
    one.beside ? null : `nearest sentence ${one.closest.toFixed(2)}`,
    one.relevance === null ? null : `cross-encoder ${one.relevance.toFixed(2)}`,
  ].filter(Boolean);
  return h(
    "div",
    { class: `passage${one.cited ? " cited" : ""}` },
    h("p", { class: "passage-head" }, one.heading || "(no heading)", one.cited ? h("span", { class: "badge state-quoted" }, "quoted section") : null),
    h("p", { class: "note" }, figures.join(" · ")),
    h("p", { class: "passage-text", dir: "auto" }, one.text),
    h("p", { class: "note" }, `May be read by: ${one.acl.map((gate) => gate.join(" or ") || "nobody").join("; and ")}`),
  );
}

function rights(told) {
  const [first, ...rest] = told.rights;
  const whose = rest.length > 0 ? `An answer for ${told.rights.length} people: each must pass every gate of a page.` : "An answer with these rights:";
  return h("div", {}, h("p", { class: "note" }, whose), h("ul", { class: "tokens" }, (rest.length > 0 ? told.rights : [first]).map((one) => h("li", {}, one.join(", ")))));
}

function wireList(wire) {
  if (wire.length === 0) return h("p", { class: "note" }, "Nothing yet.");
  const begin = wire[0].at;
  return h(
    "ol",
    { class: "wire" },
    wire.map((one) =>
      h(
        "li",
        {},
        h(
          "details",
          {},
          h("summary", {}, h("span", { class: `badge wire-${one.kind}` }, one.kind === "event" ? "→ event" : "← call"), h("code", {}, one.name), h("span", { class: "figure" }, `+${(one.at - begin).toFixed(2)} s`), one.error ? h("strong", { class: "wrong" }, one.error) : null),
          h("pre", { tabindex: "0" }, JSON.stringify(one.content, null, 2)),
          one.answer ? h("pre", { tabindex: "0" }, JSON.stringify(one.answer, null, 2)) : null,
        ),
      ),
    ),
  );
}

function percent(value) {
  return `${Math.round((value ?? 0) * 100)} %`;
}
