"""All benchmarks, in the order of RESULTS.md."""

from __future__ import annotations

from benchmarks import (
    agents,
    answers,
    checking,
    confluence,
    demo,
    everyday,
    fitting,
    hostile,
    invented,
    large_index,
    large_wiki,
    model_answers,
    ranking,
    reading,
    serving,
    slack,
    small_model,
    starting,
    syncing,
)
from benchmarks.rows import Benchmark
from benchmarks.soak import figures as soaking

_QUALITY = {
    "xquad_en": "240 paragraphs with all their questions.",
    "squad2_answerable": "1,216 paragraphs; only the questions that they answer.",
    "squad2": "The same paragraphs and a third of all questions; more than half of these read as "
    "if a paragraph held the answer, and none does.",
    "clapnq": "597 passages of Wikipedia and real search questions, half without an answer.",
    "mtrag_cloud": "11,847 passages of product documentation; the last turn of conversations, "
    "asked without what was said before.",
    "mtrag_cloud_history": "The same questions with what was said before them, without a "
    "language model. The weights of earlier turns were chosen on these and mtrag_govt's.",
    "mtrag_govt": "497 passages of government pages; the last turn again.",
    "mtrag_govt_history": "The same questions with what was said before them.",
    "gitlab_handbook": "The whole handbook of a company, 3,970 pages, read as a wiki. A fifth "
    "of the questions is answered only inside images.",
}

_HANDBOOKS = {
    "18f": "18F's handbook (242 pages)",
    "playbook": "Microsoft's engineering playbook (243 pages)",
    "govuk": "GOV.UK's developer documentation (239 pages)",
    "gitlab_people": "the parts of GitLab's handbook that everybody in the company needs "
    "(433 pages)",
    "gitlab_support": "the handbook of GitLab's support (288 pages)",
    "gitlab_security": "the handbook of GitLab's security (638 pages)",
    "gitlab_success": "the handbook of GitLab's customer success (320 pages)",
    "gitlab_product": "the handbooks of GitLab's marketing and product (536 pages)",
}

_EVERYDAY = (
    " Questions as colleagues type them, on a handbook, without a model; by "
    "their ids in a half to look at and a half that is only reported. Under `plain`, of "
    "what is shown as an answer: `right`: the share that states every fact of a right one "
    "and nothing forbidden; `answerable`, `unanswerable`: the questions with and without "
    "an answer that get one; `found`: those with an answer where it is right, or a section "
    "of a relevant page is named instead; `quoted_unanswerable`: those without one where a "
    "page is quoted. `right`: the share of all questions; `right_in_250`: all facts in the "
    "first 250 characters. `useful_quotes`: the share of a right answer's quotations that "
    "hold a fact; `words`: a right answer's length, the median. `refused`: no plain answer "
    "to questions with an answer, to those that a page is near to and none answers "
    "(`near_miss`), to the others (`foreign`). `right_auroc`: the confidence of right "
    "answers against that of all others shown."
)

_REPLAY = (
    " Recorded answers of a model's kind to such questions on a handbook, run "
    "through the check before a reader; the same halves. By rules alone: `shown`: faithful "
    "claims that a reader sees, verified or marked, by the style of the answer; "
    "`contradicted`: those that a rule drops; `wrong_verified`: wrong claims shown without "
    "a mark, by the kind of their error; `cut`: answers that lost a claim and do not say "
    "so. `labels`: with the labels as judge; `evidence`: with the words that a model gives "
    "behind each sentence; `whole`: faithful answers with every claim shown; `judged`: "
    "sentences that a judge is asked about."
)

BENCHMARKS = (
    Benchmark(
        "cold_sync",
        "The first sync of 18F's handbook (242 pages of Markdown), and LlamaIndex's stock path "
        "over the same folder: SimpleDirectoryReader, VectorStoreIndex, FastEmbed, Qdrant local "
        "mode, every setting its default, the same bundled model. Five runs of each in turns, "
        "fresh processes, medians. `wall` is from the start of the process to its exit, `cpu` "
        "the time of all cores together, `without_start` what the program itself counts after "
        "its imports. `unread`: the stock path's chunks are longer than the model reads, and this "
        "share of their tokens is dropped unsaid; Footnote embeds every word. `speed`: the tokens "
        "that the model reads, by `wall`; `bare`: onnxruntime alone on Footnote's passages, "
        "tokenised and sorted beforehand, with the best size of a batch and number of threads.",
        syncing.cold,
    ),
    Benchmark(
        "unchanged_sync",
        "Five more syncs of the same handbook, unchanged: passages embedded by all five "
        "together, and the median of the whole process.",
        syncing.unchanged,
    ),
    Benchmark(
        "confluence",
        "A made-up Confluence Cloud of 5,000 pages in five spaces, a twentieth of them "
        "restricted, served by a process of this machine that takes 50 ms for each request: the "
        "first sync, and one more. `first.ratio`: against the same with requests that take no "
        "time, so what waiting for HTTP costs. `memory`: the peak with 5,000 pages against that "
        "with 1,000.",
        confluence.thousands,
    ),
    Benchmark(
        "checking",
        "The check before an answer, in a made-up Confluence that takes 0.4 s for each request. "
        "200 pages for everybody with a licence, and 200 that are open to everyone, are synced; "
        "then 50 of the first are restricted, of 50 the page above, 50 are thrown away, and a "
        "secret is taken out of 50; a second later all 400 are asked for, four at a time, while "
        "Confluence is up, slow (5 s a request), failing (500) and down (connections refused). "
        "`quoted_what_changed`: answers that hold anything of what changed. `open_pages_lost`: "
        "open pages that are no answer any more. `unchanged`: the first 200 before the changes, "
        "how long the check takes, and its requests.",
        lambda: list(checking.figures()),
    ),
    *(
        Benchmark(f"quality.{each.name}", _QUALITY[each.name], each.figures)
        for each in answers.SETS
    ),
    *(
        Benchmark(
            f"everyday.{each.name}",
            f"On {_HANDBOOKS[each.name]}.{'' if number else _EVERYDAY}",
            each.everyday,
        )
        for number, each in enumerate(everyday.HANDBOOKS)
    ),
    *(
        Benchmark(
            f"own.{each.name}",
            f"Questions of the same kinds that we wrote ourselves, on {_HANDBOOKS[each.name]}: "
            "benchmarks/questions. Those of the development half were looked at.",
            each.own,
        )
        for each in (*everyday.HANDBOOKS, *everyday.OWN_ALONE)
    ),
    *(
        Benchmark(
            f"keywords.{each.name}",
            f"Keywords and misspelt questions on {_HANDBOOKS[each.name]}, written from pages that "
            "no other set touches, before any answer was seen.",
            each.keywords,
        )
        for each in everyday.HANDBOOKS
    ),
    Benchmark(
        "without_answer",
        "Questions without an answer: those of all sets above together (`sets`), and on the three "
        "shared handbooks 60 that nobody's handbook answers (`smalltalk`: insults, sums, other "
        "companies, single words). `unanswerable`: the share that gets a plain answer; "
        "`quoted_unanswerable`: the share where a page is quoted; the line of a nearest section is "
        "no quotation.",
        everyday.without_answer,
    ),
    Benchmark(
        "invented",
        "607 everyday questions on eighteen invented wikis (benchmarks/questions/invented), each "
        "asked by itself, and 385 near misses, with the bundled models alone. `right`: the text "
        "shown holds the whole sentence, item or row that answers, which is more than its facts. "
        "Means over all questions. `left_out`: on the four wikis that the cross-encoder was not "
        "trained on.",
        invented.figures,
    ),
    *(
        Benchmark(
            f"replay.{each.name}",
            f"On {_HANDBOOKS[each.name]}.{'' if number else _REPLAY}",
            each.replay,
        )
        for number, each in enumerate(everyday.HANDBOOKS)
    ),
    Benchmark(
        "replay.hostile",
        "Sentences that nobody may take for verified, each an answer of its own: what a page says "
        "turned round, planted links, pings, signs and orders. By rules alone, and with the labels "
        "as judge.",
        everyday.hostile,
    ),
    Benchmark(
        "ranking",
        "What each part of the second look at what a search found is worth: the answerable "
        "questions of three sets (of mtrag_govt the last turn alone), as they are asked now "
        "(`whole`), by the score of the index alone, and without one part each.",
        ranking.ablation,
    ),
    Benchmark(
        "fitting",
        "How what was fitted to these sets does. "
        "`ranking`: each set by the weights of a pairwise logistic regression over the other "
        "five; every question as it stands, by itself, ranked by the four weights alone. "
        "`confidence`: four sets' questions, and those of the other sets asked of the same pages, "
        "by the curve for passages that no cross-encoder read (it was fitted to others of three "
        "handbooks, and to some of squad2's and clapnq's); of what is shown from this confidence "
        "on, the share that is of the wiki asked (`precision`, own and foreign questions counted "
        "as if as common), and the share of own questions that is shown (`answered`).",
        fitting.fitting,
    ),
    Benchmark(
        "search_latency",
        "Retrieval on the largest index, GitLab's handbook, embedded: the question's vector, "
        "the search by meaning and by words, and the rights check, without the cross-encoder.",
        answers.latency,
    ),
    Benchmark(
        "large_wiki",
        "The first sync of GitLab's handbook, 3,970 pages, by `footnote sync`, asked beside it by "
        "`footnote ask` about once a second: the seconds until the first answer, until the first "
        "one with all pages found (by their words), and until everything is embedded. Then three "
        "unchanged syncs, their median and its share of the first; and one page edited beside a "
        "process that holds the index and has synced it once, as a running bot has, from the edit "
        "to the end of a sync and an answer with it. On 2026-11-28 the edit (a median of three) "
        "was measured by itself, over the index of the first sync.",
        large_wiki.figures,
    ),
    Benchmark(
        "large_index",
        "The same handbook's index, embedded. `start`: `footnote serve`, from its start until it "
        "is connected to a local Slack, the median of five; `memory`: what of it is in memory, "
        "then and after an answer. `follow_up`: a search with two earlier questions and an "
        "answer, which are four, without the cross-encoder. `read`: the cross-encoder over four "
        "passages of 192 tokens. `many`: the index five times over, as five wikis; the text is "
        "that of the handbook, the vectors of four copies are a little off. A search by itself, "
        "its process's memory (of that `own` is no page of a file), and how many of the five "
        "nearest by an exact comparison it finds.",
        large_index.figures,
    ),
    Benchmark(
        "serve_memory",
        "`footnote serve` makes its first sync itself, by `/wiki reindex` in a local Slack, over a "
        "part of the same handbook and over the whole, answers six questions, and rests 15 s: its "
        "anonymous memory then, which is no page of a file.",
        lambda: list(serving.memory()),
    ),
    Benchmark(
        "hanging_model",
        "A hundred questions, one after another, to `footnote serve` in a local Slack, with a "
        "language model that takes each request and never replies: seconds from a question to its "
        "answer.",
        lambda: list(serving.hanging_model()),
    ),
    Benchmark(
        "start",
        "The demo's handbook, embedded. `help.cpu`: what `footnote --help` takes of the "
        "processors. `ask`: one question, from the start of the process to its end. `engine`: how "
        "much longer a question takes by LlamaIndex's engine than by the same parts called one "
        "after the other.",
        starting.figures,
    ),
    Benchmark(
        "demo",
        "`make demo` in an empty folder, Footnote being installed, and once more. `page`: from the "
        "start of the process until the page is served; `answer`: until a question that is asked "
        "in it at once has its answer.",
        demo.figures,
    ),
    Benchmark(
        "slack",
        "`footnote serve` over 18F's handbook, without a language model, in a local Slack over "
        "Socket Mode. `first_sign` and `answer`: one question after the other, from its event to "
        "the first thing that a person sees, and to the whole answer; `beside_sync`: the same "
        "while the wiki is read and embedded anew, and its p95 as a multiple of the other. "
        "`acks`: how long Slack waits for each acknowledgement while 20 questions are being "
        "answered at any time and the wiki is read and embedded anew again and again. The local "
        "Slack shares the cores with the bot, and its own time counts.",
        slack.latencies,
    ),
    Benchmark(
        "agents",
        "`footnote serve` over GitLab's handbook, in a local Slack. `search`: the tool of that "
        "name by MCP over HTTP, with its SDK's client, one question after the other. "
        "`beside`: how long Slack waits for each acknowledgement while twenty agents search "
        "without a pause. The clients and the local Slack share the cores with the bot.",
        agents.figures,
    ),
    Benchmark(
        "hostile",
        "`footnote serve` answers 50 questions in the local Slack, five at a time, while it syncs "
        "a wiki that is made to stop it: pages of 300 KB of `[`, `{`, `{{<`, `[[a|`, `<!--` and "
        "blank lines, front matter that is a bomb, and a Confluence with a Word, an Excel and a "
        "PDF file that are small and cost much. `failed` are the lines of the report that say so: "
        "the three files, each of which needs far more memory or time than it may have; the pages "
        "are read, on a busy machine too.",
        hostile.beside_a_hostile_wiki,
    ),
    Benchmark(
        "soak.sqlite",
        "`make soak`: for 20 minutes `footnote serve` in the local Slack, over a "
        "Confluence with restricted pages and a folder of Markdown. People with different rights "
        "ask, edit and delete questions; pages are edited, removed, restricted and opened. Every "
        "5 s something goes wrong: kill -9, SIGTERM, 429 from each of Slack's methods, lost calls "
        "and sockets, a wiki or the database away for 2 to 8 s, a disk that takes no write, "
        "Slack's and Confluence's clocks by up to 90 s off (and since these rows the bot's, by up "
        "to 6 hours). Then the books are balanced: one answer or one told "
        "failure for each question (`unanswered_or_twice`), each page once in the index at its "
        "newest version (`pages_wrong`), no page's marker word sent to anybody who might not "
        "read it in the 15 s before (`leaks`; `in_flight`: who no longer might at the very "
        "moment). `memory`: the median of the last third against that of the first, without "
        "the first 15 s of each process. `tracebacks`: in the log, but of errors that say that "
        "the database, Slack or a wiki cannot be reached.",
        soaking.on_sqlite,
    ),
    Benchmark(
        "soak.postgresql",
        "The same with the state in PostgreSQL, to which connections break, and the index on a "
        "server that goes away, too. The bot's clock jumps by up to 6 hours.",
        soaking.on_postgresql,
    ),
    Benchmark(
        "reading",
        "60 questions on CivicActions' guidebook, a wiki that nothing was tuned on, written from "
        "its pages before any answer was seen, and answered without a language model. Somebody who "
        "had not seen the code read the answers. Classes: docs/evaluation.md. `right`: A and B of "
        "the answerable; `right_or_named`: N, too; `plain_wrong_or_useless`: C and D of A to D.",
        reading.figures,
    ),
    Benchmark(
        "model_answers",
        "90 questions on three handbooks, answered from end to end in the words of a language "
        "model whose replies were recorded (`../shared/tools/recorded_model.py`), a strong one and "
        "a weak one, each judged by one that is always right, and by none. `right`: the answer "
        "states the facts. `clean`: it is in the model's words, and no faithful sentence is marked "
        "or lost. `denied`: of the questions without an answer. `wrong_unmarked`: wrong sentences "
        "that a reader sees without a mark; without a judge, one line says that nobody checked it. "
        "`requests` and `tokens` include a rewriting. `times` are those of the model's "
        "part, at 0.4 s to its first token and 80 tokens a second.",
        model_answers.figures,
    ),
    Benchmark(
        "small_model",
        "SmolLM2-135M, which answers fluently and makes things up, writes the answers to 50 of "
        "clapnq's questions, and nobody judges them. `dropped`: sentences with a fact that no page "
        "has; an answer with too few left is turned into quotations. `unsupported_sentences_out`: "
        "of those let out, with a number or more than an eighth of words that no cited passage "
        "has.",
        small_model.figures,
    ),
    Benchmark(
        "out_of_domain",
        "GitLab's handbook is asked its own questions and a third of those of clapnq and squad2, "
        "which it cannot answer, however sure they sound. `auroc` is the chance that an own "
        "question has the higher confidence. `precision_at_recall_80` is for the threshold that "
        "refuses 80 % of the foreign ones, counted as if both kinds were as common (the foreign "
        "ones are many times more, which would flatter it). `recall` is the share refused at the "
        "default threshold.",
        answers.out_of_domain,
    ),
)


def chosen(names: tuple[str, ...]) -> list[Benchmark]:
    """Return all benchmarks, or those named in full or by their first part.

    Raises:
        KeyError: no benchmark has this name.
    """
    for name in names:
        if not any(_matches(benchmark, name) for benchmark in BENCHMARKS):
            raise KeyError(name)
    return [
        benchmark
        for benchmark in BENCHMARKS
        if not names or any(_matches(benchmark, n) for n in names)
    ]


def _matches(benchmark: Benchmark, name: str) -> bool:
    return f"{benchmark.name}.".startswith(f"{name}.")
