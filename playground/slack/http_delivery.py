"""Events over HTTP: signed POSTs to the app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp

from footnote_bot.playground.slack.delivery import Ack, Delivery, NotDelivered


def signed(secret: str, timestamp: int, body: str) -> str:
    """Return Slack's v0 signature of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """A transport over HTTP. ``timeout`` in seconds. Requests carry the wall clock's time, whatever
    clock the workspace has, because the receiver compares it with its own."""

    def __init__(self, url: str, secret: str, *, timeout: float) -> None:
        self.url = url
        self.secret = secret
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # waiting for a slot would use up the timeout
            timeout=aiohttp.ClientTimeout(total=timeout),
        )

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        body, content_type = encoded(delivery)
        timestamp = int(time.time())
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signed(self.secret, timestamp, body),
        }
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        return await self._post(body, headers)

    async def _post(self, body: str, headers: Mapping[str, str]) -> Ack:
        try:
            async with self._session.post(
                self.url, data=body.encode(), headers=headers
            ) as response:
                text = await response.text()
                is_json = response.content_type == "application/json"
                return Ack(
                    status=response.status,
                    body=json.loads(text) if is_json and text else text or None,
                    no_retry=response.headers.get("X-Slack-No-Retry") == "1",
                )
        except TimeoutError:
            raise NotDelivered("http_timeout") from None
        except aiohttp.ClientError:
            raise NotDelivered("connection_failed") from None

    async def close(self) -> None:
        await self._session.close()


def encoded(delivery: Delivery) -> tuple[str, str]:
    """Return the body of the request and its content type."""
    form = "application/x-www-form-urlencoded"
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload), "application/json"
    if delivery.kind == "interactive":
        return urlencode({"payload": json.dumps(delivery.payload)}), form
    return urlencode(delivery.payload), form
