"""One streamed answer of an OpenAI-compatible server, put together from its pieces."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final

from openai import APIConnectionError, AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from glassdome.core.errors import OutputInvalid
from glassdome.integrations.model_times import Limits

__all__ = ["Written", "ask_streamed"]

#: Characters of an answer that are taken, thoughts included; `max_tokens` bounds it long before.
_MOST_CHARS: Final = 256_000


class Written:
    """The text of an answer, its thoughts, why it ended, and tokens; 0 read where the server does not count."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self.text, self.thoughts, self.finish = "", "", ""
        self.tokens_in, self.tokens_out = 0, 0

    @property
    def is_nothing(self) -> bool:
        """The stream ended before it began: servers refuse a request so that they have already answered with 200."""
        return not (self.text or self.thoughts or self.finish)

    def take(self, piece: ChatCompletionChunk) -> None:
        """Add a piece; raises OutputInvalid for an answer without end."""
        if piece.usage is not None:
            self.tokens_in, self.tokens_out = piece.usage.prompt_tokens, piece.usage.completion_tokens
        for choice in piece.choices[:1]:
            text, thoughts = _words(choice.delta)
            self.text += text
            self.thoughts += thoughts
            self.finish = choice.finish_reason or self.finish
            if piece.usage is None:
                self.tokens_out += bool(text or thoughts)
        if len(self.text) + len(self.thoughts) > _MOST_CHARS:
            raise OutputInvalid("it was too long")

    def take_whole(self, answer: ChatCompletion) -> None:
        """Take an answer that came in one piece."""
        if answer.usage is not None:
            self.tokens_in, self.tokens_out = answer.usage.prompt_tokens, answer.usage.completion_tokens
        for choice in answer.choices[:1]:
            self.text, self.thoughts = _words(choice.message)
            self.finish = str(getattr(choice, "finish_reason", ""))


async def ask_streamed(client: AsyncOpenAI, limits: Limits, **body: Any) -> Written:
    """Ask for an answer and gather its pieces; a server that does not stream answers at once, and is taken, too.

    Raises what the client raises, TimeoutError, ModelTooSlow, and TypeError or ValueError for an answer that is none.
    """
    found = Written()
    async with limits.whole():
        answer: Any = await client.chat.completions.with_raw_response.create(**body)
        if "text/event-stream" not in answer.headers.get("content-type", ""):
            whole = json.loads(await answer.http_response.aread())
            if not isinstance(whole, dict) or not isinstance(whole.get("choices"), list):
                raise TypeError("no chat completion")
            found.take_whole(ChatCompletion.construct(None, **whole))
            return found
        # Closed also where time ran out, so that the server stops writing.
        async with answer.parse() as stream:
            try:
                await _gather(limits.watched(aiter(stream)), found)
            except APIConnectionError:
                if not found.is_nothing:
                    raise
    return found


async def _gather(pieces: AsyncIterator[ChatCompletionChunk], found: Written) -> None:
    async for piece in pieces:
        found.take(piece)


def _words(message: Any) -> tuple[str, str]:
    """Return the words and the thoughts of a message, or of a piece of one, whichever way the server gives them.

    Some servers answer with a list of parts, some put all of an answer with a schema into the field for reasoning.
    """
    content: object = message.content
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, dict) else part for part in content)
        content = "".join(part for part in parts if isinstance(part, str))
    more = message.model_extra or {}
    reasoning = more.get("reasoning_content") or more.get("reasoning")
    return content if isinstance(content, str) else "", reasoning if isinstance(reasoning, str) else ""
