"""Tokens that nobody was given: made up, near misses, revoked, expired, and signed by others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from footnote_bot.bot.agents.model import Standing
from footnote_bot.bot.agents.oauth import Provider

from .company import ANNA, TEAM, Company, logged
from .provider import AUDIENCE, KINDS, LocalProvider, encoded, signed, with_public_key

MANY = 100


def personal(company: Company) -> list[str]:
    """Return personal tokens that are not valid, most of them close to a valid one."""
    random, good = Random(34), company.token  # noqa: S311 - no secret
    revoked, _ = company.tokens.new(TEAM, ANNA, "revoked")
    company.tokens.revoke(TEAM, ANNA, "revoked")
    digest = next(iter(company.store.rows))
    forged = [
        revoked, company.expired_token(), good[:-1], good + "A", good.swapcase(), good.upper(),
        good.removeprefix("footnote_"), f"footnote_{good}", f"{good}\x00", f"{good} {good}", digest,
        f"footnote_{digest}", "footnote_", "footnote_*", "footnote_' OR 1=1 --", "laptop", "null",
        f"{good}.", f"{good}.x.y", f"footnote_{'x' * 60_000}", good.replace("_", "-", 1),
        f"{good},",
    ]  # fmt: skip
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    while len(forged) < MANY:
        at = random.randrange(9, len(good))
        other = random.choice(alphabet.replace(good[at], ""))
        near = f"{good[:at]}{other}{good[at + 1 :]}"
        forged += [near, f"footnote_{''.join(random.choices(alphabet, k=43))}", good[:at]]
    return forged


def of_a_provider(provider: LocalProvider, kind: str) -> dict[str, str]:
    """Return tokens that are not valid, by what is wrong with each."""
    now = int(time.time())
    key, claims = provider.keys[kind], provider.claims()
    good, stranger = provider.token(kind), KINDS[kind]()
    head, body, signature = good.split(".")
    evil = "http://127.0.0.1:9/keys"
    own: dict[str, Any] = {"alg": "RS256", "kty": "oct", "k": "AA"}
    wrong: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 61},
        "expired long ago": {"exp": 0},
        "never expires": {"exp": ...},
        "expires at no number": {"exp": "soon"},
        "expires in infinity": {"exp": float("inf")},
        "expires at nothing": {"exp": float("nan")},
        "expires at null": {"exp": None},
        "not yet valid": {"nbf": now + 120},
        "valid from infinity": {"nbf": float("inf")},
        "issued in the future": {"iat": now + 120},
        "another issuer": {"iss": f"{provider.issuer}.evil.example.com"},
        "the issuer with a slash": {"iss": f"{provider.issuer}/"},
        "a list of issuers": {"iss": [provider.issuer]},
        "no issuer": {"iss": ...},
        "another audience": {"aud": "https://other.example.com"},
        "a part of the audience": {"aud": AUDIENCE[:-1]},
        "no audience": {"aud": ...},
        "an empty list as audience": {"aud": []},
        "an object as audience": {"aud": {AUDIENCE: 1}},
        "an unverified address": {"email_verified": False},
        "an unverified address as text": {"email_verified": "false"},
        "no address": {"email": ...},
        "an empty address": {"email": ""},
        "a list of addresses": {"email": ["anna@example.com"]},
        "an address as object": {"email": {"value": "anna@example.com"}},
        "the address of a stranger": {"email": "eve@example.com"},
        "the address in another claim": {"email": ..., "upn": "anna@example.com"},
    }
    headers: dict[str, dict[str, Any]] = {
        "an unknown key": {"kid": "other"},
        "no key": {"kid": ...},
        "a key that is a number": {"kid": 1},
        "a key that is a path": {"kid": "../../../dev/null"},
        "an extension that nobody knows": {"crit": ["x"], "x": 1},
        "a detached body": {"b64": False, "crit": ["b64"]},
    }
    strange: dict[str, dict[str, Any]] = {
        "the same name of a key": {},
        "keys at an address": {"jku": evil, "kid": "evil"},
        "a certificate at an address": {"x5u": evil, "kid": "evil"},
        "keys at an address, by a known name": {"jku": evil, "x5u": evil},
        "a key within": {"jwk": own, "kid": ...},
    }
    return {
        **{name: provider.token(kind, **values) for name, values in wrong.items()},
        **{name: provider.token(kind, header) for name, header in headers.items()},
        **{name: signed(claims, kind, stranger, header) for name, header in strange.items()},
        **{
            f"no signature, as {name!r}": signed(claims, kind, key, {"alg": name}, lambda _: b"")
            for name in ("none", "None", "NONE", "", None, [], kind)
        },
        **{
            f"the public key as a secret of {name}, {number}": token
            for name in ("HS256", "HS512", kind)
            for number, token in enumerate(with_public_key(claims, kind, key, {"alg": name}))
        },
        "other claims": f"{head}.{encoded(provider.claims(sub='eve')).decode()}.{signature}",
        "another head": (
            f"{encoded({'alg': kind, 'kid': 'RS256', 'x': 1}).decode()}.{body}.{signature}"
        ),
        "a cut signature": good[:-4],
        "no claims": f"{head}..{signature}",
        "claims that are a list": signed([claims], kind, key),
        "claims that are nested deeply": f"{head}.{encoded('x').decode()}.{signature}",
        "four parts": f"{good}.{signature}",
        "huge": signed({**claims, "x": "x" * 40_000}, kind, stranger),
        "a body of another size": f"{good}{'A' * 40_000}",
        "a head that is nested deeply": f"{'W1tb' * 5_000}.{body}.{signature}",
    }


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    provider = LocalProvider()
    with provider.serving():
        yield provider


def reading(provider: LocalProvider, seconds: list[float] | None = None) -> Provider:
    clock = seconds or [0.0]
    return Provider(provider.issuer, AUDIENCE, "email", lambda: clock[0])


async def test_a_personal_token_that_nobody_was_given_is_refused() -> None:
    company = Company()
    forged = personal(company)
    with logged() as lines, company.serving():
        statuses = [(await company.asked(token))[0] for token in forged]
        by_mcp = [
            (await company.sent(company.request("/mcp", b"{}", token=token)))[0]
            for token in forged[:30]
        ]
        good = await company.asked(company.token)
        written = lines()

    assert len(forged) >= MANY
    # A head with a control character, or of more than 64 KB, is no request.
    assert {*statuses, *by_mcp} <= {400, 401}
    assert statuses.count(400) <= 1
    assert good[0] == 200
    assert company.wiki.calls == 1
    assert "footnote_" not in written.replace("footnote_bot", "")


async def test_a_token_ends_with_its_person() -> None:
    company = Company()
    with company.serving():
        for standing in (Standing.OUTSIDE, Standing.GONE):
            company.people.standings[ANNA] = standing
            assert (await company.asked(company.token))[0] == 401
        company.people.standings[ANNA] = Standing.MEMBER
        assert (await company.asked(company.token))[0] == 401, "it was deleted"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_the_provider_did_not_give_for_us_is_refused(
    provider: LocalProvider, kind: str
) -> None:
    company = Company(address=reading(provider).address, issuer=provider.issuer)
    forged = of_a_provider(provider, kind)
    provider.reads.clear()
    with logged() as lines, company.serving():
        good = await company.asked(provider.token(kind))
        answers = {name: (await company.asked(token))[0] for name, token in forged.items()}
        written = lines()

    assert good[0] == 200
    assert len(forged) >= 60
    assert {name: status for name, status in answers.items() if status != 401} == {}
    assert company.wiki.calls == 1
    assert provider.reads == ["/company/.well-known/openid-configuration", "/company/keys"]
    assert 'File "' not in written
    for token in forged.values():
        assert token not in written


async def test_tokens_of_unknown_keys_read_the_keys_once_a_minute(provider: LocalProvider) -> None:
    seconds = [0.0]
    read = reading(provider, seconds)
    unknown = [provider.token("RS256", {"kid": f"key{number}"}) for number in range(50)]
    provider.reads.clear()

    assert [read.address(token) for token in unknown] == [""] * 50
    assert len(provider.reads) == 2
    seconds[0] = 59.0
    assert read.address(unknown[0]) == ""
    assert len(provider.reads) == 2
    seconds[0] = 60.0
    assert [read.address(token) for token in unknown] == [""] * 50
    assert len(provider.reads) == 4


def test_a_new_key_of_the_provider_counts_within_a_minute() -> None:
    provider, seconds = LocalProvider(), [0.0]
    with provider.serving():
        read = reading(provider, seconds)
        old = provider.token("ES256")
        assert read.address(old) == "anna@example.com"
        provider.keys = {"ES256 of today": (key := KINDS["ES256"]())}
        new = signed(provider.claims(), "ES256", key, {"kid": "ES256 of today"})
        assert (read.address(new), read.address(old)) == ("", "anna@example.com")
        seconds[0] = 60.0
        assert (read.address(new), read.address(old)) == ("anna@example.com", "")


async def test_without_the_provider_an_agent_has_to_try_again() -> None:
    provider, seconds = LocalProvider(), [0.0]
    with provider.serving():
        company = Company(address=reading(provider, seconds).address, issuer=provider.issuer)
        provider.is_away = True
        with logged() as lines, company.serving():
            away = [await company.asked(provider.token("RS256")) for _ in range(3)]
            with_own_token = await company.asked(company.token)
            provider.is_away, seconds[0] = False, 60.0
            back = await company.asked(provider.token("RS256"))
            written = lines()

    assert [status for status, _ in away] == [503] * 3
    assert all(b"try again" in body for _, body in away)
    assert (with_own_token[0], back[0]) == (200, 200)
    assert 'File "' not in written


@pytest.mark.parametrize("keys", [{"keys": []}, {"keys": [{"kty": "x"}]}, {"keys": 1}, {}, []])
async def test_a_provider_without_usable_keys_is_away(
    monkeypatch: pytest.MonkeyPatch, keys: Any
) -> None:
    provider = LocalProvider()
    with provider.serving():
        documents = {**provider.documents(), "/company/keys": keys}
        monkeypatch.setattr(provider, "documents", lambda: documents)
        company = Company(address=reading(provider).address, issuer=provider.issuer)
        with logged() as lines, company.serving():
            answers = [await company.asked(provider.token("RS256")) for _ in range(2)]
            written = lines()

    assert [status for status, _ in answers] == [503, 503]
    assert 'File "' not in written


async def test_metadata_of_another_issuer_is_not_believed() -> None:
    provider = LocalProvider(told_issuer="https://other.example.com")
    with provider.serving():
        company = Company(address=reading(provider).address, issuer=provider.issuer)
        with company.serving():
            assert (await company.asked(provider.token("RS256")))[0] == 503
    assert "/company/keys" not in provider.reads


async def test_a_provider_that_hangs_delays_no_personal_token() -> None:
    provider = LocalProvider()
    with provider.serving():
        company = Company(address=reading(provider).address, issuer=provider.issuer)
        provider.open.clear()
        with company.serving():
            token = provider.token("RS256")
            hanging = [asyncio.create_task(company.asked(token)) for _ in range(64)]
            while not provider.reads:  # noqa: ASYNC110 - a thread changes it
                await asyncio.sleep(0.01)
            try:
                async with asyncio.timeout(3):  # the provider gets five seconds
                    assert (await company.asked(company.token))[0] == 200
            finally:
                provider.open.set()
                statuses = [(await each)[0] for each in hanging]
    assert set(statuses) <= {200, 503}
