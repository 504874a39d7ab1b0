"""The language by whose words a passage is searched: from its wiki's settings, or detected from the
text.

A wiki may have several languages, and so may a page. A passage has its page's language unless it is
long and clear enough to have another; text that says too little (a table of numbers, code, a line),
or is in a language that BM25 has no stems of, has `LEAST`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from indexers.errors import ModelUnavailable
from indexers.index.text import encodable
from indexers.model import digest

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

VERSION = 1
"""To be raised whenever detection changes."""
AUTO = "auto"
"""A language that is detected from the text."""
LEAST = "english"
"""The language of a text that does not tell."""

# The model's names for BM25's languages. Where no spaces part the words, pairs of characters are
# the words (see `lexical`), and BM25's stop words drop halves of others: on xquad_zh hit@1 is .732
# with Chinese ones and .767 without. Latin words among them are English as a rule.
_KNOWN = {
    "ar": "arabic", "az": "azerbaijani", "bn": "bengali", "ca": "catalan", "da": "danish",
    "de": "german", "el": "greek", "en": "english", "es": "spanish", "eu": "basque",
    "fi": "finnish", "fr": "french", "he": "hebrew", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "ja": LEAST, "kk": "kazakh", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sl": "slovene", "sv": "swedish", "tg": "tajik", "tr": "turkish",
    "zh": LEAST,
}  # fmt: skip
# Listed so that they are not taken for a neighbour that is known; zxx is no language: keys,
# addresses, code. The rest of the model's 140 makes more mistakes in a company's pages than it
# saves.
_OTHERS = (
    "be", "bg", "cs", "et", "fa", "hi", "hr", "ko", "lt", "lv", "mk", "pl", "sk", "sr",
    "th", "uk", "ur", "vi", "zxx",
)  # fmt: skip

_READ = 600  # characters of a passage; more make it slower and no surer
_READ_OF_PAGE = 2_000
# The least certainty, measured on the shared sets: of texts of a line 3 in 1,000 are told wrongly
# at .6, of longer ones fewer than 3 in 10,000 at .95.
_SURE_OF_PAGE = 0.6
_SURE = 0.95
_LONG = 60  # characters

# Function words of English, and none that another language has often. A text with one of them for
# so many characters is English: none of 548 passages in French, Spanish and Chinese has more than
# half as many, and of 61,677 passages of an English handbook none is told otherwise than by the
# model, which takes fifty times as long.
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

    default: str = LEAST
    by_wiki: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Return the identity: another one means other words of the same passage."""
        own = (f"{wiki}={self.by_wiki[wiki]}" for wiki in sorted(self.by_wiki))
        return digest(str(VERSION), version("py3langid"), self.default, *own)

    @property
    def named(self) -> frozenset[str]:
        """Return the languages that the settings name; the default if they name none."""
        named = frozenset({self.default, *self.by_wiki.values()}) - {AUTO}
        return named or frozenset({LEAST})

    def of_page(self, wiki: str, texts: Sequence[str]) -> list[str]:
        """Return the language of each of ``texts``, the passages of one page.

        Raises:
            ModelUnavailable: the model that tells it cannot be loaded.
        """
        language = self.by_wiki.get(wiki, self.default)
        if language != AUTO:
            return [language] * len(texts)
        told = [_told_alone(text[:_READ]) for text in texts]
        if all(told):
            return told
        page = _told("\n".join(text[:_READ] for text in texts)[:_READ_OF_PAGE], _SURE_OF_PAGE)
        return [of_passage or page or LEAST for of_passage in told]


def _told_alone(text: str) -> str:
    """Return the language of a passage by itself; empty if it is too short or too unclear."""
    if len(text) < _LONG:
        return ""
    words = sum(map(_ENGLISH.__contains__, text.casefold().split()))
    if words * _CHARACTERS_A_WORD >= len(text):
        return "english"
    return _told(text, _SURE)


def _told(text: str, sure: float) -> str:
    """Return a language of BM25's, or empty: not ``sure`` (0 to 1), none at all or another."""
    name, confidence = _model().classify(encodable(text))
    return _KNOWN.get(name, "") if confidence >= sure else ""


@cache
def _model() -> LanguageIdentifier:
    # A third of a second and 60 MB, which only writing an index needs.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it is unpacked in the folder for temporary files
        raise ModelUnavailable(
            "The model that tells the language of pages cannot be unpacked in the folder for "
            f"temporary files ({error.strerror or type(error).__name__}): make room there."
        ) from error
    model.set_languages([*_KNOWN, *_OTHERS])
    return model
