"""Writes the commit into the package that is built, for `footnote_bot.bot.version`."""

import os
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent))

from footnote_bot.bot.version import COMMIT_FILE, own_commit


class BuildWithCommit(build_py):
    """The step that copies the modules. An image is built without git: it gets the commit as
    FOOTNOTE_COMMIT."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            commit = os.environ.get("FOOTNOTE_COMMIT") or own_commit()
            Path(self.build_lib, "footnote_bot", "bot", COMMIT_FILE).write_text(
                commit, encoding="utf-8"
            )


setup(cmdclass={"build_py": BuildWithCommit})
