"""Slack's signature over the raw bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from slack_sdk.signature import Clock, SignatureVerifier

from footnote_bot.bot.slack.signing import SIGNATURE, TIMESTAMP, Signatures
from footnote_bot.playground.slack.http_delivery import signed

SECRET = "only for tests"
NOW = 1_764_000_000
BODY = b'{"type":"event_callback"}'


def headers(**changes: str) -> CIMultiDict[str]:
    good = {TIMESTAMP: str(NOW), SIGNATURE: signed(SECRET, NOW, BODY.decode())}
    return CIMultiDict(good | {name.replace("_", "-"): value for name, value in changes.items()})


SIGNATURES = Signatures(SECRET, lambda: float(NOW))


def test_a_signature_of_slack_is_valid() -> None:
    assert SIGNATURES.is_valid(headers(), BODY)


@pytest.mark.parametrize("late", [0, 299, 300, 301, -300, -301])
def test_a_request_holds_five_minutes_either_way(late: int) -> None:
    assert Signatures(SECRET, lambda: float(NOW + late)).is_valid(headers(), BODY) == (
        abs(late) <= 300
    )


@pytest.mark.parametrize(
    "timestamp", ["", "x", "1e9", "-1", " 1", "1_0", "\u0661\u0662", "\udcff", "9" * 5000, "nan"]
)
def test_a_timestamp_that_is_no_number_is_refused_without_the_body(timestamp: str) -> None:
    assert not SIGNATURES.may_be_valid(headers(X_Slack_Request_Timestamp=timestamp))


@pytest.mark.parametrize("signature", ["", "v0=", "v0=00", "v0=\u00fc", "\udcff", "v1=" + "0" * 64])
def test_a_signature_of_another_form_is_refused_without_the_body(signature: str) -> None:
    assert not SIGNATURES.may_be_valid(headers(X_Slack_Signature=signature))


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE])
def test_a_header_that_stands_there_twice_is_refused(name: str) -> None:
    doubled = headers()
    doubled.add(name.upper(), doubled[name])

    assert not SIGNATURES.is_valid(doubled, BODY)


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE])
def test_a_header_that_is_missing_is_refused(name: str) -> None:
    incomplete = headers()
    del incomplete[name]

    assert not SIGNATURES.is_valid(incomplete, BODY)


class Stopped(Clock):
    def now(self) -> float:
        return float(NOW)


@given(body=st.text(), change=st.text(max_size=2))
def test_it_says_what_slack_s_own_verifier_says(body: str, change: str) -> None:
    sent, received = body.encode(errors="replace"), (body + change).encode(errors="replace")
    signature = signed(SECRET, NOW, sent.decode())
    valid = SignatureVerifier(SECRET, Stopped()).is_valid(received, str(NOW), signature)

    assert SIGNATURES.is_valid(headers(X_Slack_Signature=signature), received) == valid
