/** The guided tour: a strip above the conversation, with five steps, each of which can do itself. */

import { h } from "./dom.js";

const DONE = "footnote-tour-done";
const [BOB, ADA, MIRA] = ["U0BOB", "U0ADA", "U0MIRA"];
const [GENERAL, REVIEW] = ["C0GENERAL", "C0REVIEW"];
const LAPTOP = "What should I do if I lose my laptop?";
const SALARY = "What is the salary band of level 4?";
const PATIENCE = 60_000;

const STEPS = [
  {
    title: "Ask",
    text: "Noor asked in #general, and Footnote answered in the thread from the wiki, with footnotes: links to the sections that it quotes. You are Bob, an engineer. Mention @footnote to ask.",
    acts: [["Ask about a lost laptop", askAboutLaptop]],
  },
  {
    title: "Why this answer",
    text: "Below each answer, “Why this answer” says why this section was chosen and why you may read it. The passages follow. Times and scores are folded.",
    acts: [["Open the reasons", openReasons]],
  },
  {
    title: "Two people, two answers",
    text: "The intranet has pages for some people alone. Ada may read salaries, Bob may not. A direct answer uses what its reader may read; one in a public channel, what is open to everyone.",
    acts: [["Ask as Ada", (page) => askDirectly(page, ADA)], ["Ask as Bob", (page) => askDirectly(page, BOB)]],
  },
  {
    title: "Flag a wrong answer",
    text: "Press Flag below an answer, choose what is wrong, and send. The wiki's reviewers get a card in #wiki-review.",
    acts: [["Flag the first answer", flag], ["See the card as Mira", seeCard]],
  },
  {
    title: "Fix the page",
    text: "Edit the page and let an admin reindex the wiki. The card then shows what the answer is now.",
    acts: [["Edit the page", editPage], ["Save and reindex", saveAndReindex]],
  },
];

export class Tour {
  constructor(page) {
    this.page = page;
    this.step = 0;
    this.title = h("h2", { tabindex: "-1" });
    this.text = h("p", { class: "grow" });
    this.acts = h("div", { class: "acts" });
    this.next = h("div", { class: "next", role: "group", "aria-label": "What to try next", hidden: true }, h("span", {}, "Next:"));
    this.next.append(this.button(`Ask: ${LAPTOP}`, askAboutLaptop), h("button", { type: "button", class: "quiet", onclick: () => this.askOwn() }, "Ask your own question"));
    this.back = h("button", { type: "button", class: "quiet", onclick: () => this.show(this.step - 1) }, "Back");
    this.onward = h("button", { type: "button", class: "primary", onclick: () => this.forward() });
    const skip = h("button", { type: "button", class: "quiet", onclick: () => this.end() }, "Skip the tour");
    this.element = h(
      "section",
      { class: "tour", "aria-label": "Guided tour", hidden: true },
      this.title,
      this.text,
      h("div", { class: "acts" }, this.acts, h("span", { class: "grow" }), skip, this.back, this.onward),
    );
  }

  /** Begin by itself, unless it was ended here before. */
  offer() {
    if (localStorage.getItem(DONE) === null) this.show(0);
  }

  show(step) {
    const { title, text, acts } = STEPS[step];
    this.step = step;
    this.title.textContent = `${step + 1} of ${STEPS.length}: ${title}`;
    this.text.textContent = text;
    this.acts.replaceChildren(...acts.map(([label, act]) => this.button(label, act)));
    this.back.hidden = step === 0;
    this.onward.textContent = step === STEPS.length - 1 ? "Done" : "Next";
    this.element.hidden = false;
    this.title.focus();
  }

  button(label, act) {
    const button = h("button", { type: "button", class: "quiet", onclick: () => this.run(button, act) }, label);
    return button;
  }

  async run(button, act) {
    button.disabled = true;
    try {
      await act(this.page);
    } catch (error) {
      this.page.complain(error.message);
    }
    button.disabled = false;
  }

  forward() {
    if (this.step === STEPS.length - 1) this.end();
    else this.show(this.step + 1);
  }

  end() {
    localStorage.setItem(DONE, "yes");
    this.element.hidden = true;
    this.page.title.focus();
    this.page.schedule();
  }

  /** Without the tour, the thread that the demo opens with says what to try next. */
  drawNext(first) {
    const { store } = this.page;
    this.next.hidden = !store.tour || !this.element.hidden || store.roles.some((one) => one.user === first.user);
  }

  askOwn() {
    this.page.closeThread();
    this.page.draft("");
  }
}

async function askAboutLaptop(page) {
  await page.be(BOB, GENERAL);
  await ask(page, `@footnote ${LAPTOP}`);
}

async function askDirectly(page, user) {
  await page.be(user, null);
  page.go(page.store.direct.id);
  await ask(page, SALARY);
}

/** Ask where one is, and wait for the answer, whose thread opens. */
async function ask(page, text) {
  const said = await page.say(text, null);
  if (said) await page.until(() => answerTo(page, said.ts), PATIENCE);
}

function answerTo(page, ts) {
  return page.store.thread(page.place, ts).find((one) => one.bot_id && one.blocks?.length > 0 && !one.streaming);
}

async function openReasons(page) {
  await openFirst(page);
  await page.beside.openWhy(answerTo(page, page.thread));
}

/** Open the thread of the first answer of the tour, which is asked for if there is none. */
async function openFirst(page) {
  await page.be(BOB, GENERAL);
  const asked = page.store.history(GENERAL).findLast((one) => one.text.includes(LAPTOP) && answerTo(page, one.ts));
  if (asked === undefined) await ask(page, `@footnote ${LAPTOP}`);
  else page.openThread(asked.ts);
}

async function flag(page) {
  await openFirst(page);
  const button = await page.until(() => [...page.replies.element.querySelectorAll("button")].findLast((one) => one.textContent.includes("Flag")), PATIENCE);
  button.click();
}

async function seeCard(page) {
  await page.be(MIRA, REVIEW);
}

async function editPage(page) {
  await page.be(MIRA, REVIEW);
  await page.until(() => page.beside.pages.length > 0, PATIENCE);
  await page.beside.openPage(page.beside.pages.find((one) => one.title === "Equipment").url);
  page.beside.reader.edit((text) => text.replace('Inform {% slack_channel "equipment" %}.', 'Inform {% slack_channel "equipment" %}, and call 555-0100.'));
}

async function saveAndReindex(page) {
  if (!page.beside.reader.isEditing) await editPage(page);
  if (!(await page.beside.reader.saveNow())) return;
  page.beside.close();
  page.go(REVIEW);
  await page.say("/wiki reindex handbook", null);
}
