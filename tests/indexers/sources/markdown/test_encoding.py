# ruff: noqa: RUF001 - texts in the alphabets that the encodings are for
"""Pages that are not in UTF-8 are read in their own encoding, with a warning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.sources.markdown.encoding import Binary, is_binary, text_of

TEXTS = {
    "cp1252": [
        "# Öffnung\n\nTäglich.\n",
        "# Congés\n\nLes congés payés sont accordés. L\u2019équipe décide \u2014 voilà.\n",
        "# Férias\n\nVinte e oito dias. Não há exceções; informação no balcão.\n",
        "# Semester\n\nAlla anställda har tjugofem dagar. Fråga på måndag.\n",
        "# Leave\n\nDon\u2019t ask \u201cwhy\u201d. It costs 5 \u20ac.\n",
        "# Vacaciones\n\nMañana empieza el año. ¿Cuántos días? Veintiséis.\n",
    ],
    "cp1250": ["# Urlop\n\nKażdy pracownik ma dwadzieścia sześć dni urlopu rocznie. Zgłoś się.\n"],
    "cp1251": ["# Отпуск\n\nКаждый сотрудник имеет двадцать восемь дней отпуска в год.\n"],
    "koi8_r": ["# Отпуск\n\nКаждый сотрудник имеет двадцать восемь дней отпуска в год.\n"],
    "cp1253": ["# Άδεια\n\nΚάθε εργαζόμενος έχει είκοσι οκτώ ημέρες άδεια.\n"],
    "shift_jis": ["# 休暇\n\n社員は毎年二十八日の休暇を取得できます。申請は上司にしてください。\n"],
    "gb18030": ["# 休假\n\n每位员工每年有二十八天的假期。请提前向主管申请。\n"],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts]
)
def test_an_older_encoding_is_recognised_by_its_text(encoding: str, text: str) -> None:
    assert text_of(text.encode(encoding)) == (
        text,
        f"not in UTF-8; read as {encoding}, save it as UTF-8",
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_text(encoding: str) -> None:
    text = "# Öffnung\n\nDie Kantine öffnet täglich um neun.\n"
    raw = text.encode(encoding)
    decoded, warning = text_of(raw)

    assert decoded == text
    assert "not in UTF-8" in warning
    assert not is_binary(raw)


def test_utf_8_has_no_warning_with_a_mark_or_without() -> None:
    assert text_of("Öffnung".encode()) == ("Öffnung", "")
    assert text_of("Öffnung".encode("utf-8-sig")) == ("Öffnung", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"a\0b",
        "without a mark".encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
        b"\0" * 100,
    ],
)
def test_bytes_that_are_no_text_are_binary(raw: bytes) -> None:
    with pytest.raises(Binary):
        text_of(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_without_zeros_or_binary(raw: bytes) -> None:
    try:
        text, _ = text_of(raw)
    except Binary:
        return

    assert "\0" not in text
    assert not is_binary(raw)
