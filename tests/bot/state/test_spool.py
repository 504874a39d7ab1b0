"""Messages that wait in files."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.state import spool as spools
from footnote_bot.bot.state.spool import Spool

MESSAGE = IncomingMessage(
    "Ev1", MessageKind.MENTION, "T0", "C0", "1764000000.000100", "1.0", "U0", "leave?"
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_where_nothing_waits_there_is_no_folder(spool: Spool, tmp_path: Path) -> None:
    assert not spool.has_messages()
    assert spool.messages(10) == []
    assert list(tmp_path.iterdir()) == []


def test_what_waits_is_found_again_earliest_first(spool: Spool) -> None:
    later = replace(MESSAGE, event="Ev2", ts="1764000001.000100")
    spool.add([later, MESSAGE])

    assert spool.has_messages()
    assert spool.messages(10) == [MESSAGE, later]
    assert spool.messages(1) == [MESSAGE]


def test_what_an_earlier_version_left_is_read(spool: Spool, tmp_path: Path) -> None:
    file = tmp_path / "spool" / "00000001764000000.000100-abc.json"
    file.parent.mkdir()
    file.write_text(
        '{"event": "Ev1", "kind": "mention", "team": "T0", "channel": "C0",'
        ' "ts": "1764000000.000100", "thread": "1.0", "person": "U0", "text": "",'
        ' "shared": false, "edited": "", "gone": true, "id": 0, "attempts": 0}'
    )

    assert spool.messages(10) == [replace(MESSAGE, text="", deleted=True)]


def test_a_message_delivered_twice_waits_once(spool: Spool) -> None:
    spool.add([MESSAGE])
    spool.add([MESSAGE])

    assert spool.messages(10) == [MESSAGE]


def test_what_nothing_takes_in_any_more_is_forgotten_in_time(spool: Spool, tmp_path: Path) -> None:
    spool.add([MESSAGE])
    folder, noon = tmp_path / "spool", datetime(2026, 11, 24, 12, tzinfo=UTC)
    for name, age in (("a.unreadable", 91), ("b.7.new", 91), ("c.unreadable", 89)):
        (folder / name).write_text("leave?")
        then = (noon - timedelta(days=age)).timestamp()
        os.utime(folder / name, (then, then))

    assert spool.forget_before(noon - timedelta(days=90)) == 2
    assert [file.name for file in folder.iterdir() if file.suffix != ".json"] == ["c.unreadable"]
    assert spool.messages(10) == [MESSAGE]


def test_an_edit_waits_beside_what_it_edits(spool: Spool) -> None:
    edited = replace(MESSAGE, event="Ev2", text="lunch?", edited="1764000002.000000")
    spool.add([MESSAGE, edited])

    assert {message.text for message in spool.messages(10)} == {"leave?", "lunch?"}


def test_what_was_taken_in_waits_no_more(spool: Spool) -> None:
    spool.add([MESSAGE, replace(MESSAGE, event="Ev2")])
    spool.remove([MESSAGE])
    spool.remove([MESSAGE])  # another process works on it, too

    assert [message.event for message in spool.messages(10)] == ["Ev2"]


def test_nobody_else_on_the_machine_reads_it(spool: Spool, tmp_path: Path) -> None:
    spool.add([MESSAGE])
    (file,) = (tmp_path / "spool").iterdir()

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "torn", [b"", b"{", b"[]", b'{"text": "plugh"}', b'{"kind": "mention"}', b'{"text": "plugh\xff']
)
def test_a_file_that_is_torn_keeps_no_other_waiting(
    torn: bytes, spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool.add([MESSAGE])
    (tmp_path / "spool" / "0.json").write_bytes(torn)

    assert spool.messages(10) == [MESSAGE]
    assert (tmp_path / "spool" / "0.unreadable").exists()
    assert "0.json cannot be read" in caplog.text
    assert "plugh" not in caplog.text


def test_a_file_that_was_not_written_to_its_end_does_not_count(
    spool: Spool, tmp_path: Path
) -> None:
    spool.add([MESSAGE])
    (tmp_path / "spool" / "1.77.new").write_bytes(b"{")

    assert spool.messages(10) == [MESSAGE]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file in its place")

    with pytest.raises(StateUnavailable, match="spool"):
        Spool(tmp_path / "spool").add([MESSAGE])


def test_a_full_disk_leaves_no_half_of_a_file(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateUnavailable, match="No space left"):
        spool.add([MESSAGE])

    assert list((tmp_path / "spool").iterdir()) == []


def test_more_than_it_holds_does_not_wait(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "_MOST", 1)
    spool.add([MESSAGE])
    with pytest.raises(StateUnavailable, match="wait in"):
        spool.add([replace(MESSAGE, event="Ev2")])


messages = st.builds(
    IncomingMessage,
    event=st.text(max_size=20),
    kind=st.sampled_from(MessageKind),
    team=st.text(max_size=10),
    channel=st.text(max_size=10),
    ts=st.from_regex(r"[0-9]{1,12}\.[0-9]{6}", fullmatch=True),
    thread=st.text(max_size=10),
    person=st.text(max_size=10),
    text=st.text(),
    shared=st.booleans(),
    edited=st.text(max_size=10),
    deleted=st.booleans(),
)


@given(waiting=st.lists(messages, max_size=5, unique_by=lambda message: message.event))
def test_every_message_comes_back_as_it_was(
    waiting: list[IncomingMessage], tmp_path_factory: pytest.TempPathFactory
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool"))
    spool.add(waiting)

    assert sorted(spool.messages(10), key=repr) == sorted(waiting, key=repr)
