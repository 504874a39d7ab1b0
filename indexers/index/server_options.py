"""The options of a Qdrant server: the connection, and the copies of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self

from indexers.errors import IndexUnavailable

Consistency = Literal["", "majority", "quorum", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """The options of a server, under their names in ``[index]``; zeros and empty values leave the
    choice to the server. ``shards``, ``replicas``, ``write_consistency`` and ``read_fan_out`` have
    an effect only when a collection is created."""

    grpc_port: int = 0
    ca_file: str = ""
    timeout_seconds: int = 30
    shards: int = 0
    replicas: int = 0
    write_consistency: int = 0
    read_consistency: Consistency = ""
    read_fan_out: int = 0

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

    def collection(self) -> dict[str, int]:
        """Return the arguments with which a collection is created."""
        return _set(
            shard_number=self.shards,
            replication_factor=self.replicas,
            write_consistency_factor=self.write_consistency,
        )


def _set(**values: int) -> dict[str, int]:
    return {name: value for name, value in values.items() if value}
