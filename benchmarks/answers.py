"""Quality of the answers on the shared question sets, by ``footnote eval``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from benchmarks.footnote import FootnoteProcess, over_gitlab
from benchmarks.material import CACHE, questions, shared, write_questions
from benchmarks.rows import Figure, Goal

GITLAB = "gitlab_handbook"
_FOREIGN = ("clapnq", "squad2")
_EVERY_FOREIGN = 3
_CERTAIN = {"verbatim_quotes": Goal("==", 1), "links_in_shown": Goal("==", 1)}
_SHARES = ("hit@1", "recall@5", "mrr@10", "containment", "answered", *_CERTAIN)
_REFUSAL = ("precision", "recall", "auroc")


def _later(**bounds: float) -> dict[str, Goal]:
    names = {"hit": "hit@1", "recall": "recall@5"}
    return {names.get(key, key): Goal(">=", bound, later=True) for key, bound in bounds.items()}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A shared question set. ``folder`` is below eval/. ``answerable``: use only questions that
    have an answer. ``brief``: the gold answers are words of a page, not essays, so a quotation can
    contain them. ``forgetful``: leave out the conversation before a question. ``every``: ask each
    nth question."""

    name: str
    folder: str
    answerable: bool = False
    brief: bool = True
    forgetful: bool = False
    every: int = 1
    goals: Mapping[str, Goal] = field(default_factory=dict)

    def figures(self) -> Sequence[Figure]:
        """Measure the answers to this set.

        Raises:
            MissingMaterial: the set is not there.
        """
        file = shared(f"eval/{self.folder}/questions.jsonl.gz")
        if self.answerable:
            file = write_questions(self.name, filter(_has_answer, questions(self.folder)))
        if self.forgetful:
            without_history = ({**row, "history": []} for row in questions(self.folder))
            file = write_questions(self.name, without_history)
        if self.every > 1:
            sample = islice(questions(self.folder), 0, None, self.every)
            file = write_questions(self.name, sample)
        if self.folder == GITLAB:
            scores = over_gitlab().evaluate(file)
        else:
            corpus = shared(f"eval/{self.folder}/corpus.jsonl.gz")
            scores = FootnoteProcess(CACHE / "corpora").evaluate(file, corpus)
        goals = {**self.goals, **_CERTAIN}
        left_out = () if self.brief else ("containment",)
        return [figure for figure in _figures(scores, goals) if figure.name not in left_out]


SETS = (
    QuestionSet("xquad_en", "xquad_en", goals=_later(hit=0.97, recall=0.998, containment=0.95)),
    QuestionSet(
        "squad2_answerable",
        "squad2",
        answerable=True,
        goals=_later(hit=0.87, recall=0.975, containment=0.9),
    ),
    QuestionSet("squad2", "squad2", every=3),
    QuestionSet("clapnq", "clapnq", brief=False, goals=_later(hit=0.97)),
    QuestionSet(
        "mtrag_cloud", "mtrag_cloud", brief=False, forgetful=True, goals=_later(recall=0.42)
    ),
    QuestionSet("mtrag_cloud_history", "mtrag_cloud", brief=False, goals=_later(recall=0.46)),
    QuestionSet("mtrag_govt", "mtrag_govt", brief=False, forgetful=True, goals=_later(recall=0.83)),
    QuestionSet("mtrag_govt_history", "mtrag_govt", brief=False, goals=_later(recall=0.91)),
    QuestionSet(GITLAB, GITLAB, goals=_later(hit=0.68, recall=0.8)),
)


def _has_answer(row: Mapping[str, Any]) -> bool:
    return row["answerable"] is True


def _figures(scores: Mapping[str, Any], goals: Mapping[str, Goal]) -> Iterator[Figure]:
    """Yield the figures that this set allows."""
    yield Figure("questions", scores["questions"], "questions")
    shares = {name: scores[name] for name in _SHARES}
    shares |= {f"refusal.{name}": scores["refusal"][name] for name in _REFUSAL}
    for name, value in shares.items():
        if value is not None:
            yield Figure(name, value, "share", goals.get(name))
    for name, value in scores["latency_ms"].items():
        yield Figure(f"latency.{name}", value, "ms")


def latency() -> list[Figure]:
    footnote = over_gitlab()
    footnote.variables["FOOTNOTE_ANSWER__RERANKER"] = ""  # it takes several times as long
    scores = footnote.evaluate(shared(f"eval/{GITLAB}/questions.jsonl.gz"))
    times = scores["latency_ms"]
    return [
        Figure("passages", footnote.passages(), "passages"),
        Figure("p50", times["retrieve_p50"], "ms"),
        Figure("p95", times["retrieve_p95"], "ms", Goal("<=", 12, later=True)),
    ]


def out_of_domain() -> list[Figure]:
    """Ask GitLab's handbook its own questions and those of other wikis."""
    own = [{**row, "answerable": True} for row in questions(GITLAB)]
    foreign = [
        {"id": f"{name}-{row['id']}", "question": row["question"], "answerable": False}
        for name in _FOREIGN
        for row in islice(questions(name), 0, None, _EVERY_FOREIGN)
    ]
    refusal = over_gitlab().evaluate(write_questions("out_of_domain", [*own, *foreign]))["refusal"]
    return [
        Figure("questions.own", len(own), "questions"),
        Figure("questions.foreign", len(foreign), "questions"),
        Figure("auroc", refusal["auroc"], "share", Goal(">=", 0.97, later=True)),
        Figure(
            "precision_at_recall_80",
            refusal["precision_at_recall_80"],
            "share",
            Goal(">=", 0.95, later=True),
        ),
        Figure("recall", refusal["recall"], "share"),
    ]
