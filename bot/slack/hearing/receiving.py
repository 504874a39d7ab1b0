"""Letters into the inbox, as many at once as have come: Slack waits for each of them."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.slack.calling.threads import in_own_thread
from bot.slack.hearing.gate import Gate
from bot.slack.hearing.workers import Workers
from bot.state.letter import Letter


class Receiving:
    """In the order in which they came. What the ``gate`` takes goes to the ``workers``."""

    def __init__(self, gate: Gate, workers: Workers) -> None:
        self._gate = gate
        self._workers = workers
        self._come: list[tuple[Letter, asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, letter: Letter) -> None:
        """Returns once it is kept, or is there already, or is none of our business.

        Raises:
            StateUnavailable: it is not kept.
        """
        if not self._gate.may_concern_us(letter):
            return
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._come.append((letter, kept))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())
        await kept

    async def _keep(self) -> None:
        while self._come:
            come, self._come = self._come, []
            letters = [letter for letter, _ in come]
            try:
                # Not in the pool that all else waits in.
                new = await in_own_thread(partial(self._gate.take_all, letters), "receiving")
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
                self._end(come, error)
                continue
            for letter in new:
                self._workers.submit(letter, anew=letter.amended)
            self._end(come)

    @staticmethod
    def _end(
        come: list[tuple[Letter, asyncio.Future[None]]], error: BaseException | None = None
    ) -> None:
        for _, kept in come:
            if kept.done():
                continue  # Whoever waited has gone.
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error)
