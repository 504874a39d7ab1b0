"""Models that run in this process: the bundled ones, whose files match their provenance or are
refused, and those that fastembed knows by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from footnote_bot.indexers.errors import ModelUnavailable

MODELS = Path(__file__).parent / "models"

_Model = TypeVar("_Model", bound=Any)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def described(registry: type[_Model], name: str) -> dict[str, Any] | None:
    """Return fastembed's description of the model ``name``; None if it does not know it."""
    models = registry.list_supported_models()
    return next((model for model in models if model["model"].lower() == name.lower()), None)


def bundled(registry: type[_Model], name: str, folder: Path, **description: Any) -> _Model:
    """Load the model in ``folder``, with a ``description`` as fastembed takes it. It runs on one
    core: cores that share a text wait for one another."""
    from fastembed.common.model_description import ModelSource  # half a second

    if described(registry, name) is None:
        registry.add_custom_model(
            name,
            # Never requested: `specific_model_path` has priority over every source.
            sources=ModelSource(url="https://localhost/"),
            model_file="model.onnx",
            **description,
        )
    # The cache is not used. Its default needs room for temporary files, which a full disk has not.
    model: _Model = registry(
        name, cache_dir=str(folder), specific_model_path=str(folder), threads=1
    )
    return model


def by_name(registry: type[_Model], name: str, cache_dir: Path, *, kind: str) -> _Model:
    """Load a model that fastembed knows, from ``cache_dir`` or downloaded into it. ``kind`` names
    it in messages, as "embedding model".

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    try:
        model: _Model = registry(name, cache_dir=str(cache_dir))
    except Exception as error:  # a hub's, a file's or onnxruntime's errors, which share no class
        raise ModelUnavailable(
            f"The {kind} {name!r} could be neither read from {cache_dir} nor downloaded: check the"
            " network, or copy the model there from a machine that has it."
        ) from error
    return model


def in_threads(
    work: Callable[[_Item], _Result], items: Sequence[_Item], *, at_once: int, name: str
) -> Iterator[_Result]:
    """Yield the result of ``work`` for each of ``items``, in order. Up to ``at_once`` are worked on
    at the same time, in threads called ``name`` with the priority of this one."""
    workers = min(at_once, len(items))
    if workers < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers, name) as pool:
        yield from pool.map(work, items)


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
