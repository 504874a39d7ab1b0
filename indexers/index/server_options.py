"""The options of the connection to a Qdrant server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from footnote_bot.indexers.errors import IndexUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """The options of the connection, under their names in ``[index]``."""

    grpc_port: int = 0
    ca_file: str = ""
    timeout_seconds: int = 30

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return the options in the ``settings`` of ``[index]``."""
        return cls(**{field.name: settings[field.name] for field in fields(cls)})

    def connection(self) -> dict[str, Any]:
        """Return the client's arguments.

        Raises:
            IndexUnavailable: the file of certificates cannot be read.
        """
        options: dict[str, Any] = {"timeout": self.timeout_seconds}
        if self.grpc_port:
            options |= {"prefer_grpc": True, "grpc_port": self.grpc_port}
        if not self.ca_file:
            return options
        file = Path(self.ca_file)
        try:
            certificates = file.read_bytes()
        except OSError as error:
            raise IndexUnavailable(
                f"[index] ca_file: {file} cannot be read: {error.strerror}."
            ) from None
        options["verify"] = str(file)
        if self.grpc_port:
            options["grpc_options"] = {"root_certificates": certificates}
        return options
