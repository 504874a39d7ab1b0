"""The options of a Qdrant server: the connection, and the copies of a collection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from indexers.errors import IndexUnavailable

Consistency = Literal["", "majority", "quorum", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """The options of a server; zeros and empty values leave the choice to it. ``timeout`` is in
    seconds. ``shards``, ``replicas``, ``write_consistency`` and ``read_fan_out`` count when a
    collection is created."""

    grpc_port: int = 0
    ca_file: Path | None = None
    timeout: int = 30
    shards: int = 0
    replicas: int = 0
    write_consistency: int = 0
    read_consistency: Consistency = ""
    read_fan_out: int = 0

    def connection(self) -> dict[str, Any]:
        """Return the client's arguments.

        Raises:
            IndexUnavailable: the file of certificates cannot be read.
        """
        options: dict[str, Any] = {"timeout": self.timeout}
        if self.grpc_port:
            options |= {"prefer_grpc": True, "grpc_port": self.grpc_port}
        if self.ca_file is None:
            return options
        try:
            certificates = self.ca_file.read_bytes()
        except OSError as error:
            raise IndexUnavailable(
                f"[index] ca_file: {self.ca_file} cannot be read: {error.strerror}."
            ) from None
        options["verify"] = str(self.ca_file)
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

    def reading(self) -> dict[str, Any]:
        """Return the arguments of everything that reads."""
        return {"consistency": self.read_consistency} if self.read_consistency else {}


def _set(**values: int) -> dict[str, int]:
    return {name: value for name, value in values.items() if value}
