"""Composition of a run of questions, and of the question set made from feedback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answering.composing.composer import Composer, MakePrompt
from bot.answering.composing.judge import SentenceJudge
from bot.answering.composing.usage import Meter
from bot.answering.composing.wiring import ConfiguredModel, composer_of, language_model_of, today
from bot.answering.composing.writing import LanguageModel, ModelFailed
from bot.evaluation import comparing
from bot.evaluation.corpus import Corpus
from bot.evaluation.lines import write_rows
from bot.evaluation.pages import Pages, full_name
from bot.evaluation.questions import cases_of, read_cases
from bot.evaluation.recordings import read_recordings
from bot.evaluation.regression import regression
from bot.evaluation.replay_judges import Judging, RecordedVerdicts
from bot.evaluation.replay_report import replay_report
from bot.evaluation.replaying import replay
from bot.evaluation.report import report
from bot.evaluation.run import Judge, ask_all
from bot.state.wiring import opened_state, usage_kept
from bot.wiring import answerer_of
from config.settings import Secrets, Settings
from indexers.indexing import Indexing
from indexers.model import EVERYONE, Principal, Progress


def evaluate(
    settings: Settings,
    secrets: Secrets,
    *,
    questions: Path | None,
    corpus: Path | None,
    wikis: Sequence[str],
    email: str | None = None,
    rewrites: bool = False,
    answers: bool = False,
    with_model: bool = False,
    judged: bool = False,
    out: Path | None = None,
    against: Path | None = None,
    progress: Callable[[Progress], None],
    asking: Callable[[Progress], None],
) -> dict[str, Any]:
    """Run an evaluation and return its scores, as `bot.evaluation.report.report` gives them.

    Without ``questions``, those that people judged the answers of are asked. With ``corpus``,
    its pages are indexed in a scratch folder, once for each content. With ``rewrites``, only
    questions that have one are asked, in its words. With ``answers``, they are as people get
    them, and accounted for; ``judged`` by the language model, too. ``with_model`` lets it do its
    part in the search alone. The run is kept in ``out``, and compared with the one in
    ``against``. ``progress`` is told of the indexing, ``asking`` of the questions.

    Raises:
        BadSet, BadRun: a file that cannot be read or written.
        WikiMisconfigured: no wiki is set, or none has one of these names.
        ModelMisconfigured: a language model is to answer, and something of it is missing.
    """
    earlier = comparing.load(against) if against else None
    cases = read_cases(questions) if questions else cases_of(_judged(settings))
    if rewrites:
        cases = [case.rewritten for case in cases if case.rewrite]
    scratch = Corpus(corpus) if corpus else None
    folder = settings.data_dir / "scratch" / scratch.identity if scratch else None
    with (
        Indexing(settings, secrets, wikis=[scratch] if scratch else None, folder=folder) as parts,
        usage_kept(settings) as usage,
    ):
        parts.wikis.chosen(*wikis)
        if scratch:
            parts.sync(progress=progress)
        reader = Principal.of(EVERYONE, *(parts.wikis.tokens(email) if email else ()))
        pages = Pages(
            {
                full_name(wiki.name, key): page.acl
                for wiki in parts.wikis.chosen(*wikis)
                for key, page in parts.index.known(wiki.name).items()
            }
        )
        cases = pages.located(cases)
        asks = answers or with_model
        model = language_model_of(settings, secrets, parts.embedder, usage) if asks else None
        outcomes = ask_all(
            cases,
            answerer_of(settings, parts, model=model),
            reader=reader,
            wikis=tuple(wikis) or None,
            composed=answers,
            judge=_judge(model) if judged and model else None,
            progress=lambda done: asking(Progress("questions", done, len(cases))),
        )
    rows = comparing.rows(outcomes)
    scores = report(outcomes, answers=answers)
    scores["unreachable"] = pages.unreachable(cases, reader)
    if out:
        comparing.save(out, scores, rows)
    if earlier is not None:
        scores["against"] = comparing.compare(earlier, rows)
    return scores


def replay_answers(
    settings: Settings,
    secrets: Secrets,
    recorded: Path,
    *,
    judge: str = "none",
    judge_prompts: Path | None = None,
    evidence: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Run recorded model answers through the check, and return the figures of
    `bot.evaluation.replay_report.replay_report`. No model is asked and no index opened.

    ``judge`` is who decides unclear sentences: ``none``, ``labels`` or a file of recorded
    verdicts; ``judge_prompts`` is where the prompts are written that a judge would be sent. With
    ``evidence`` the answers come as a model writes them that is asked for the words behind each
    sentence.

    Raises:
        BadSet: a file that cannot be read or written.
    """
    recordings = read_recordings(recorded)
    recorded_verdicts = RecordedVerdicts(Path(judge)) if judge not in ("none", "labels") else None
    with Indexing(settings, secrets, wikis=[]) as parts:
        count = parts.embedder.count_tokens
        judging = Judging(judge == "labels", recorded_verdicts, count)
        meter = Meter(count, today)

        def composer(
            writer: LanguageModel, prompt: MakePrompt, judge: SentenceJudge | None
        ) -> Composer:
            return composer_of(writer, prompt, meter, judge)

        replayed = []
        for number, recording in enumerate(recordings, start=1):
            replayed.append((recording, replay(recording, composer, judging, evidence=evidence)))
            progress(Progress("answers", number, len(recordings)))
    if judge_prompts:
        write_rows(judge_prompts, judging.prompts)
    told = {"by": judge, "unclear": judging.unclear, "judged": judging.judged}
    return {**replay_report(replayed), "judge": told}


def _judge(model: ConfiguredModel) -> Judge:
    from bot.evaluation.judging import LlamaIndexJudge, Writing  # LlamaIndex takes 3 s

    return LlamaIndexJudge(Writing(say=model.say), unable=(ModelFailed,))


def judged_questions(settings: Settings, file: Path) -> int:
    """Write the questions whose answers people judged as a question set; return how many.

    Raises:
        BadSet: the file cannot be written.
    """
    rows = [row for _, _, row in _judged(settings)]
    write_rows(file, rows)
    return len(rows)


def _judged(settings: Settings) -> list[tuple[int, str, dict[str, Any]]]:
    # Importing SQLAlchemy takes a third of a second, which a question set does not need.
    from bot.flags.feedback import Feedback
    from bot.state.answers import DatabaseAnswers

    with closing(opened_state(settings)) as state:
        feedback = Feedback(DatabaseAnswers(state), lambda: datetime.now(UTC))
        rows = regression(feedback.all_flags(), feedback.praised(), feedback.earlier)
    return [(number, f"judged question {number}", row) for number, row in enumerate(rows, start=1)]
