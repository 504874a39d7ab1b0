"""Recorded model answers, run through the check, and the resulting figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from footnote_bot.bot.answering.composing.composer import Composer, MakePrompt
from footnote_bot.bot.answering.composing.judge import SentenceJudge
from footnote_bot.bot.answering.llm.model_client import LanguageModel
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.bot.evaluation.lines import write_rows
from footnote_bot.bot.evaluation.recordings import read_recordings
from footnote_bot.bot.evaluation.replay_judges import Judging, RecordedVerdicts
from footnote_bot.bot.evaluation.replay_report import replay_report
from footnote_bot.bot.evaluation.replaying import replay
from footnote_bot.indexers.model import Progress


def replay_answers(  # noqa: PLR0913 - one for each option of the command
    recorded: Path,
    count: Callable[[str], int],
    today: Callable[[], date],
    *,
    judge: str,
    judge_prompts: Path | None,
    evidence: bool,
    progress: Callable[[Progress], None],
) -> dict[str, Any]:
    """Return the figures of `bot.evaluation.replay_report.replay_report`. No model is asked and no
    index opened; ``count`` counts tokens.

    ``judge`` decides unclear sentences: ``none``, ``labels`` or a file of recorded verdicts. The
    prompts that a judge would receive are written to ``judge_prompts``. With ``evidence``, answers
    are replayed in the form of a model that gives the words behind each sentence.

    Raises:
        BadSet: a file cannot be read or written.
    """
    recordings = read_recordings(recorded)
    verdicts = RecordedVerdicts(Path(judge)) if judge not in ("none", "labels") else None
    judging, meter = Judging(judge == "labels", verdicts, count), Meter(count, today)

    def composer(model: LanguageModel, prompt: MakePrompt, judge: SentenceJudge | None) -> Composer:
        return Composer(model, prompt, meter, judge=judge)

    replayed = []
    for number, recording in enumerate(recordings, start=1):
        replayed.append((recording, replay(recording, composer, judging, evidence=evidence)))
        progress(Progress("answers", number, len(recordings)))
    if judge_prompts:
        write_rows(judge_prompts, sorted(judging.prompts, key=lambda row: str(row["id"])))
    judge_figures = {"by": judge, "unclear": judging.unclear, "judged": judging.judged}
    return {**replay_report(replayed), "judge": judge_figures}
