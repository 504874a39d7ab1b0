"""A year of an installation, in any order: pages and folders move, vanish and come back, a
repository's history is rewritten, settings change and change back, the data folder moves, syncs are
killed. After each sync the index equals a new one of the same wikis: nothing is lost, nothing is in
it twice, and no text is left that the pages no longer contain."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.journeys.year.indexing import ParsesHere
from tests.journeys.year.operator import Operator
from tests.journeys.year.pages import FOLDERS, EditedPages
from tests.journeys.year.repository import Repository
from tests.long import tries

Edit = Callable[[EditedPages], None]

_EDITS: tuple[Edit, ...] = (
    EditedPages.rewrite,
    EditedPages.append,
    EditedPages.empty,
    EditedPages.hide,
    EditedPages.remove,
    EditedPages.bring_back,
    *(
        partial(edit, folder=folder)
        for edit in (
            EditedPages.write,
            EditedPages.copy,
            EditedPages.rename,
            EditedPages.remove_all,
            EditedPages.move_folder,
        )
        for folder in FOLDERS
    ),
)
_COMMITS = (
    Repository.commit,
    Repository.amend,
    Repository.squash,
    Repository.rewrite,
    Repository.return_to,
    Repository.rename_branch,
    Repository.cut_off,
)
_DEEDS = (
    Operator.change_setting_of_index,
    Operator.change_setting_of_wiki,
    Operator.add_or_remove_wiki,
    Operator.name_branch,
    Operator.move_wiki,
    Operator.move_data,
    Operator.copy_data,
    Operator.lose_clones,
)


class Year(RuleBasedStateMachine):
    """Each event of a year is a rule."""

    @initialize(chance=st.randoms(use_true_random=False))
    def found(self, chance: random.Random) -> None:
        self.place = Path(tempfile.mkdtemp(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
        self.operator = Operator(self.place, chance)

    def teardown(self) -> None:
        if not hasattr(self, "operator"):
            return
        try:
            self.operator.sync()
        finally:
            shutil.rmtree(self.place)

    @rule(edit=st.sampled_from(_EDITS))
    def edit_the_folder(self, edit: Edit) -> None:
        edit(self.operator.pages)

    @rule(edit=st.sampled_from(_EDITS), commit=st.sampled_from(_COMMITS))
    def edit_the_repository(self, edit: Edit, commit: Callable[[Repository], None]) -> None:
        edit(self.operator.checkout)
        commit(self.operator.repository)

    @rule(deed=st.sampled_from(_DEEDS))
    def operate(self, deed: Callable[[Operator], None]) -> None:
        deed(self.operator)

    @rule()
    def sync(self) -> None:
        self.operator.sync()

    @rule(writes=st.integers(0, 40), full=st.booleans())
    def sync_and_die(self, writes: int, full: bool) -> None:
        self.operator.sync_and_die(writes, full=full)

    @rule(writes=st.integers(0, 40))
    def sync_on_full_disk(self, writes: int) -> None:
        self.operator.sync_on_full_disk(writes)

    @rule()
    def sync_anew(self) -> None:
        self.operator.sync_anew()


@pytest.mark.hypothesis  # which hypothesis does not see: `make test-long` takes the whole year
def test_after_any_year_the_index_is_what_a_new_one_would_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("footnote_bot.indexers.indexing.Parsers", ParsesHere)
    run_state_machine_as_test(Year, settings=tries(15, stateful_step_count=20))
