"""The bundled models: their files match their provenance, or are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from footnote_bot.indexers.errors import ModelUnavailable

MODELS = Path(__file__).parent / "models"


def check(folder: Path, digests: Mapping[str, str], *, kind: str, setting: str) -> None:
    """Compare the files of a model with their sha256 ``digests``. ``kind`` names it in messages, as
    "embedding model"; ``setting`` is the setting that can name another model.

    Raises:
        ModelUnavailable: a file is missing or differs.
    """
    for name, expected in digests.items():
        file = folder / name
        try:
            with file.open("rb") as stream:
                actual = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise ModelUnavailable(
                f"The {kind}'s file {file} cannot be read: reinstall Footnote,"
                f" or name another model in {setting}."
            ) from error
        if actual != expected:
            raise ModelUnavailable(
                f"{file} is not the {kind} it should be (sha256 {actual[:12]}...,"
                f" expected {expected[:12]}...): reinstall Footnote."
            )
