"""Sentences that say what the pages leave out, such as "The passages give no date; they only
say ...".

Up to its first semicolon, "but" or the like, a sentence of this kind claims nothing about the
wiki's subject.
"""

from __future__ import annotations

import re

from bot.answering.words.english import word_set
from bot.answering.words.lexicon import NOT
from bot.answering.words.roles import TokenRole, read

_PAGES = word_set("""
page pages passage passages document documents documentation doc docs wiki handbook source sources
text section sections article articles guide guidance material
seite seiten quelle quellen dokument dokumente dokumentation handbuch abschnitt abschnitte
página páginas pasaje pasajes documento documentos documentación fuente fuentes
passages extraits extrait pages texte documentation sources
pagina pagine documenti documentazione manuale fonti brani
pagina's documenten documentatie handleiding bronnen
documentos documentação fontes trechos
excerpt excerpts
""")
_SILENT = NOT | word_set("silent lack lacks lacking non niet geen niets não nessun nessuna")
"""Words for "not" where a sentence speaks of pages: "non" is no "not" in "non-urgent"."""
_PREFIX = re.compile(r"\bnon-", re.IGNORECASE)
_SAYING = word_set("""
mentioned given stated specified listed named documented defined described covered said told found
find see
finde finden nennen nennt steht genannt angegeben erwähnt beschrieben gefunden
encuentro mencionado indicado trouve mentionné indiqué précisé trouvé
""")
"""Verbs for what pages say. They must be negated, so a page's own "is not found" is compared with
the passage first."""
_STATEMENT = re.compile(
    r"[;:\u2013\u2014\uff1b]|,?\s(?:but|just|only|although|though|aber|sondern|nur|pero|sino|mais)\s"
)


def split_denial(text: str) -> tuple[str, str] | None:
    """Return the part of ``text`` that denies that the pages say something, and the statement after
    it, which may be empty; None for any other sentence."""
    match = _STATEMENT.search(text)
    denial, statement = (text[: match.start()], text[match.end() :]) if match else (text, "")
    words = [word for word in read(_PREFIX.sub("", denial)) if word.role is not TokenRole.COMMA]
    texts = {word.text.casefold() for word in words}
    denies = any(word.role is TokenRole.NOT for word in words) or bool(texts & _SILENT)
    return (denial, statement.strip()) if denies and texts & (_PAGES | _SAYING) else None
