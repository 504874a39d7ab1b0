"""The language in whose words a passage is searched: from its wiki's settings, or detected from the
text.

A wiki may have several languages, and so may a page. A passage has its page's language unless it is
long and clear enough to have its own. Text that says too little (a table of numbers, code, a line),
or is in a language for which BM25 has no stems, has the language `FALLBACK`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from footnote_bot.indexers.errors import ModelUnavailable
from footnote_bot.indexers.index.text import encodable
from footnote_bot.indexers.model import digest

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

VERSION = 1
"""Raise it whenever detection changes."""
AUTO = "auto"
"""The setting for a language that is detected from the text."""
FALLBACK = "english"
"""The language of a text whose language cannot be detected."""

# The model's names for BM25's languages. Where no spaces part the words, pairs of characters are
# the words (see `lexical`), and BM25's stop words would drop halves of other words: on xquad_zh
# hit@1 is .732 with Chinese stop words and .767 without. Latin words in such texts are mostly
# English.
_SUPPORTED = {
    "ar": "arabic", "az": "azerbaijani", "bn": "bengali", "ca": "catalan", "da": "danish",
    "de": "german", "el": "greek", "en": "english", "es": "spanish", "eu": "basque",
    "fi": "finnish", "fr": "french", "he": "hebrew", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "ja": FALLBACK, "kk": "kazakh", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sl": "slovene", "sv": "swedish", "tg": "tajik", "tr": "turkish",
    "zh": FALLBACK,
}  # fmt: skip
# Listed so that they are not taken for a similar supported language; zxx is no language: keys,
# addresses, code. The others of the model's 140 languages cause more mistakes in a company's pages
# than they avoid.
_OTHERS = (
    "be", "bg", "cs", "et", "fa", "hi", "hr", "ko", "lt", "lv", "mk", "pl", "sk", "sr",
    "th", "uk", "ur", "vi", "zxx",
)  # fmt: skip

_READ = 600  # characters of a passage; more make detection slower and no surer
_READ_OF_PAGE = 2_000
# The least confidence, measured on the shared sets: at .6, 3 in 1,000 texts of a line get a wrong
# language; at .95, fewer than 3 in 10,000 longer texts do.
_SURE_OF_PAGE = 0.6
_SURE = 0.95
_LONG = 60  # characters

# Function words of English that no other language has often. A text with one of them for so many
# characters is English: none of 548 passages in French, Spanish and Chinese has more than half as
# many, and on 61,677 passages of an English handbook the rule never differs from the model, which
# takes fifty times as long.
_ENGLISH = frozenset(
    "about and any are be been by can could does for from has have how if is it its many much my"  # noqa: SIM905 - read as words
    " not of on or our should that the their then there these they this those to was we were what"
    " when where which who whose why will with would you your".split()
)
_CHARACTERS_A_WORD = 40


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of wikis. ``default`` is the language of every wiki that ``by_wiki`` does not
    name; each may be `AUTO`."""

    default: str = FALLBACK
    by_wiki: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Return the identity. If it changes, the same passage may get other words."""
        own = (f"{wiki}={self.by_wiki[wiki]}" for wiki in sorted(self.by_wiki))
        return digest(str(VERSION), version("py3langid"), self.default, *own)

    @property
    def named(self) -> frozenset[str]:
        """Return the languages that the settings name; the default if they name none."""
        named = frozenset({self.default, *self.by_wiki.values()}) - {AUTO}
        return named or frozenset({FALLBACK})

    def of_page(self, wiki: str, texts: Sequence[str]) -> list[str]:
        """Return the language of each of ``texts``, the passages of one page.

        Raises:
            ModelUnavailable: the model that detects languages cannot be loaded.
        """
        language = self.by_wiki.get(wiki, self.default)
        if language != AUTO:
            return [language] * len(texts)
        languages = [_detect_passage(text[:_READ]) for text in texts]
        if all(languages):
            return languages
        page = _detect("\n".join(text[:_READ] for text in texts)[:_READ_OF_PAGE], _SURE_OF_PAGE)
        return [of_passage or page or FALLBACK for of_passage in languages]


def _detect_passage(text: str) -> str:
    """Return the language of a passage by itself; empty if it is too short or too unclear."""
    if len(text) < _LONG:
        return ""
    words = sum(map(_ENGLISH.__contains__, text.casefold().split()))
    if words * _CHARACTERS_A_WORD >= len(text):
        return "english"
    return _detect(text, _SURE)


def _detect(text: str, least: float) -> str:
    """Return a language that BM25 knows; empty if ``text`` has another or none, or the confidence
    is below ``least`` (0 to 1)."""
    name, confidence = _model().classify(encodable(text))
    return _SUPPORTED.get(name, "") if confidence >= least else ""


def forget_model() -> None:
    """Delete the model that detects languages from memory. Its next use loads it again."""
    _model.cache_clear()


@cache
def _model() -> LanguageIdentifier:
    # It takes a third of a second and 80 MB, and only writing an index needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it is unpacked in the folder for temporary files
        raise ModelUnavailable(
            "The model that tells the language of pages cannot be unpacked in the folder for "
            f"temporary files ({error.strerror or type(error).__name__}): make room there."
        ) from error
    model.set_languages([*_SUPPORTED, *_OTHERS])
    return model
