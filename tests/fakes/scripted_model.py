"""A language model that writes a test's scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footnote_bot.bot.answering.llm.prompt import Prompt


class ScriptedModel:
    """At each request it writes the next of ``scripts`` in pieces of ``size`` characters, or raises
    it if it is an error; it repeats the last one."""

    def __init__(self, *scripts: str | Exception | Sequence[str | Exception], size: int = 4):
        self.prompts: list[Prompt] = []
        self._scripts = list(scripts)
        self._size = size

    def write(self, prompt: Prompt) -> Iterator[str]:
        self.prompts.append(prompt)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        parts = [script] if isinstance(script, str | Exception) else script
        for part in parts:
            if isinstance(part, Exception):
                raise part
            yield from (part[at : at + self._size] for at in range(0, len(part), self._size))
