/** The reasons of an answer in one plain sentence, made from what the bot recorded. */

const KINDS = { user: "your own account", domain: "the domain of your address", licensed: "your account in the wiki", group: "a group that you are in" };

/** Return a sentence on how the answer came about, and why its reader may read it. */
export function plainly(told) {
  if (!told.pages) return "Nothing was searched for this answer.";
  const passages = told.pages.flatMap((page) => page.passages.map((one) => ({ ...one, title: page.title })));
  const cited = passages.filter((one) => one.cited);
  if (told.kind === "Answer" && cited.length > 0) return `${chosen(told, cited)} ${may(told, cited)}.`;
  const best = passages.find((one) => one.best);
  const found = best ? `The best of ${told.found} passages found is in ${section(best)}` : `${told.found} passages were found`;
  if (told.kind === "Clarify") return `${found}. The question can mean several things, so Footnote asked back.`;
  return told.kind === "NoAnswer" ? `${found}. None is sure enough to be the answer.` : `${found}. None of them is quoted.`;
}

/** How the sections that are cited were chosen. */
function chosen(told, cited) {
  const best = cited.find((one) => one.best);
  const sections = [...new Set([best ?? cited[0], ...cited].map(section))];
  const more = sections.length > 1 ? ` ${sections.length - 1} more ${sections.length === 2 ? "is" : "are"} cited with it.` : "";
  const which = !best ? `was chosen from ${told.found} passages found` : best.relevance === null ? `ranks first of ${told.found} passages found` : `was read as the best of ${told.found} passages found`;
  const how = told.composed ? " A language model worded the answer." : told.tone === "closest" ? " It is the nearest, and may not answer the question." : "";
  return `${capital(sections[0])} ${which}.${more}${how}`;
}

/** Why the reader may read the passages: each gate must be passed. */
function may(told, cited) {
  const gates = cited.flatMap((one) => one.acl).filter((gate) => !gate.includes("everyone"));
  if (gates.length === 0) return "You may read it because it is open to everyone";
  if (told.rights.length > 1) return `It is not open to everyone: all ${told.rights.length} people who see this answer may read it`;
  const passed = gates.map((gate) => gate.find((token) => told.rights[0].includes(token))).filter(Boolean);
  if (passed.length === 0) return "The wiki lets you read it";
  return `You may read it because of ${[...new Set(passed.map(right))].sort().join(" and ")}`;
}

/** What a token such as `confluence-group:...` says of a person. */
function right(token) {
  return KINDS[token.split(":")[0].split("-").at(-1)] ?? "a right that you have in the wiki";
}

function section(one) {
  const name = one.heading.split(" > ").at(-1);
  return name && name !== one.title ? `the section “${name}” of “${one.title}”` : `the page “${one.title}”`;
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
