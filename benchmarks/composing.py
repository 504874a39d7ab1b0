"""The check's ability to tell a sentence from its corrupted twin: gold answers of clapnq, unchanged
and with one error, against the passage that they were written from."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.material import questions, shared
from benchmarks.rows import Figure, Goal
from bot.answering.checking.checking import CheckOutcome, Shown, check
from bot.answering.checking.claims import claim
from bot.answering.checking.ground import Ground
from bot.answering.words.roles import TokenRole, read
from bot.answering.words.sentences import Sentence, Sentences
from bot.evaluation.corpus import Corpus
from indexers.model import OPEN, Changed, Passage

Chance = random.Random
Corruption = Callable[[str, "GoldWords", Chance], str | None]


def reporting(identity: str) -> bool:
    """Return whether a question belongs to the reporting half. The rules were developed on the
    other half."""
    return hashlib.blake2b(identity.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class GoldWords:
    """The words of all gold answers, to corrupt one answer with another's."""

    names: Sequence[str]
    others: Sequence[str]


def support() -> list[Figure]:
    """Measure how many sentences and corrupted twins the check accepts.

    Raises:
        MissingMaterial: the set is not there.
    """
    pairs = list(_pairs())
    words = GoldWords(
        *(_words_of_role([s for s, _ in pairs], role) for role in (TokenRole.NAME, TokenRole.WORD))
    )
    supported = [
        (s, grounds) for s, grounds in pairs if _decision(s, grounds) is CheckOutcome.SUPPORTED
    ]
    dropped = sum(_decision(s, grounds) is CheckOutcome.CONTRADICTED for s, grounds in pairs)
    figures = [
        Figure("sentences", len(pairs), "sentences"),
        Figure("kept.true", len(supported) / len(pairs), "share"),
        Figure("contradicted.true", dropped / len(pairs), "share", Goal("<=", 0.02, later=True)),
    ]
    for name, corrupt in _CORRUPTIONS.items():
        chance = Chance(1)
        twins = [
            (twin, grounds)
            for sentence, grounds in supported
            if (twin := corrupt(sentence, words, chance)) and twin != sentence
        ]
        let_out = sum(_decision(s, grounds) is CheckOutcome.SUPPORTED for s, grounds in twins)
        figures.append(Figure(f"{name}.sentences", len(twins), "sentences"))
        figures.append(Figure(f"kept.{name}", let_out / len(twins), "share"))
    return figures


def _pairs() -> Iterator[tuple[str, list[Ground]]]:
    corpus = Corpus(shared("eval/clapnq/corpus.jsonl.gz"))
    pages = {c.page.key: c.page for c in corpus.changes({}) if isinstance(c, Changed)}
    for row in questions("clapnq"):
        if not row["answers"] or not reporting(row["id"]):
            continue
        grounds = [
            Ground(
                Passage(
                    page.wiki, key, "", 0, page.title, (), page.url, _detokenised(text), "", OPEN
                )
            )
            for key in row["relevant"]
            if (page := pages.get(key))
            for text in ["\n\n".join(section.text for section in page.sections)]
        ]
        splitter = Sentences()
        for sentence in [*splitter.add(_detokenised(row["answers"][0])), *splitter.end()]:
            yield sentence.text, grounds


def _detokenised(text: str) -> str:
    """Return the text without the spaces between the set's tokens: `` Fire '' , it says ."""
    text = re.sub(r"\s+([.,;:!?)'\u2019])", r"\1", text)
    return re.sub(r"``\s*|''", '"', re.sub(r"\(\s+", "(", text))


def _decision(sentence: str, grounds: Sequence[Ground]) -> CheckOutcome:
    sentence_claim = claim(Sentence(sentence))
    return (
        CheckOutcome.CONTRADICTED
        if sentence_claim.flaw
        else check(sentence_claim, grounds, (), Shown("", grounds)).decision
    )


def _words_of_role(sentences: Sequence[str], role: TokenRole) -> list[str]:
    return [word for sentence in sentences for word in _words(sentence, role)]


def _words(sentence: str, role: TokenRole) -> list[str]:
    return [word.text for word in read(sentence) if word.role is role and word.text.isalpha()]


def _number(sentence: str, _: GoldWords, chance: Chance) -> str | None:
    numbers = list(re.finditer(r"\d+", sentence))
    if not numbers:
        return None
    old = chance.choice(numbers)
    return (
        f"{sentence[: old.start()]}{int(old[0]) + chance.choice((1, 2, 10))}{sentence[old.end() :]}"
    )


def _negation(sentence: str, _: GoldWords, __: Chance) -> str | None:
    if re.search(r"\bnot\b", sentence):
        return re.sub(r"\bnot ", "", sentence, count=1)
    verb = re.search(r"\b(?:is|are|was|were|can|may|will|has|have|does)\b", sentence)
    return f"{sentence[: verb.end()]} not{sentence[verb.end() :]}" if verb else None


def _name(sentence: str, words: GoldWords, chance: Chance) -> str | None:
    return _replaced(sentence, _words(sentence, TokenRole.NAME), words.names, chance)


def _word(sentence: str, words: GoldWords, chance: Chance) -> str | None:
    return _replaced(sentence, _words(sentence, TokenRole.WORD), words.others, chance)


def _replaced(
    sentence: str, own: Sequence[str], others: Sequence[str], chance: Chance
) -> str | None:
    if not own:
        return None
    word, other = chance.choice(own), chance.choice(others)
    return re.sub(rf"\b{re.escape(word)}\b", other, sentence, count=1)


def _swap(sentence: str, _: GoldWords, chance: Chance) -> str | None:
    names = sorted(set(_words(sentence, TokenRole.NAME)))
    if len(names) < 2:
        return None
    first, second = chance.sample(names, 2)
    pattern = rf"\b(?:{re.escape(first)}|{re.escape(second)})\b"
    return re.sub(pattern, lambda match: second if match[0] == first else first, sentence)


_CORRUPTIONS: dict[str, Corruption] = {
    "number_changed": _number,
    "not_put_in_or_out": _negation,
    "name_changed": _name,
    "word_changed": _word,
    "names_swapped": _swap,
}
