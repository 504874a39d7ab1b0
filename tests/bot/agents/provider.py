"""A company's identity provider on loopback, which signs tokens for its people, and for others."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

AUDIENCE = "https://footnote.example.com/mcp"
KINDS: dict[str, Any] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


@dataclass
class LocalProvider:
    """The provider. Its ``keys`` are named by their kind, and maybe more words; ``reads`` are the
    paths that were asked for."""

    keys: dict[str, Any] = field(default_factory=lambda: {kind: KINDS[kind]() for kind in KINDS})
    reads: list[str] = field(default_factory=list)
    is_away: bool = False
    """Answers 503."""
    open: threading.Event = field(default_factory=threading.Event)
    """Answers wait until it is set."""
    issuer: str = ""
    told_issuer: str = ""
    """What its metadata says, if it lies."""

    def __post_init__(self) -> None:
        self.open.set()

    @contextmanager
    def serving(self) -> Iterator[None]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.reads.append(self.path)
                provider.open.wait(60)
                found = None if provider.is_away else provider.documents().get(self.path)
                self.send_response(503 if provider.is_away else 200 if found else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            self.issuer = f"http://127.0.0.1:{server.server_port}/company"
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield
            finally:
                self.open.set()
                server.shutdown()

    def documents(self) -> dict[str, Any]:
        issuer = self.told_issuer or self.issuer
        metadata = {"issuer": issuer, "jwks_uri": f"{self.issuer}/keys"}
        keys = [
            {**algorithm(kind).to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": kind}
            for name, key in self.keys.items()
            if (kind := name.partition(" ")[0])
        ]
        return {
            "/company/.well-known/openid-configuration": metadata,
            "/company/keys": {"keys": keys},
        }

    def claims(self, **others: Any) -> dict[str, Any]:
        """Return good claims, but for ``others``; a claim that is ``...`` is left out."""
        now = int(time.time())
        good = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "exp": now + 600,
            "iat": now,
            "email": "anna@example.com",
        }
        return {name: value for name, value in {**good, **others}.items() if value is not ...}

    def token(self, kind: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a token that the provider's key signed."""
        return signed(self.claims(**claims), kind, self.keys[kind], header)


def algorithm(kind: str) -> Any:
    return get_default_algorithms()[kind]


def signed(
    claims: Any, kind: str, key: Any, header: dict[str, Any] | None = None, signature: Any = None
) -> str:
    """Return the claims as a token, whatever they and its ``header`` hold."""
    full = {"alg": kind, "typ": "JWT", "kid": kind, **(header or {})}
    head = {name: value for name, value in full.items() if value is not ...}
    parts = b".".join(map(encoded, (head, claims)))
    made = algorithm(kind).sign(parts, key) if signature is None else signature(parts)
    return f"{parts.decode()}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def encoded(value: Any) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def with_public_key(claims: Any, kind: str, key: Any, header: dict[str, Any]) -> list[str]:
    """Return tokens whose "secret" is what everybody knows: the public key."""
    public = key.public_key()
    forms = [public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)]
    forms.append(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    forms += [b"", json.dumps(algorithm(kind).to_jwk(public, as_dict=True)).encode()]
    return [
        signed(claims, kind, key, header, lambda parts, f=form: hmac.digest(f, parts, sha256))
        for form in forms
    ]
