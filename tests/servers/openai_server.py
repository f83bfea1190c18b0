"""An OpenAI-compatible server for tests: vLLM's and llama.cpp's shapes, formats and refusals."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers.model_answers import answer_of
from tests.servers.ollama_server import count_tokens
from tests.servers.served import Served

__all__ = ["OpenAiFault", "OpenAiTestServer"]

#: Seconds between two pieces of an answer that never ends.
_DRIP_SECONDS: Final = 0.02
OpenAiFault = Literal[
    "", "busy", "runner", "hang", "html", "length", "empty", "thinking", "unauthorized", "parts", "in reasoning",
    "drip", "stall", "drop", "midstream",
]  # fmt: skip


@dataclass(kw_only=True)
class OpenAiTestServer:
    """One server. `formats` are the response formats it knows; others are refused with 400.

    `streams` is how it streams: with a count at the end, without, not at all, or it refuses to be asked for it.
    `strict` refuses fields that OpenAI's interface has not. Every request beyond `slots` waits; `chats`, `most_busy` and `busy_seconds` are what it saw.
    """

    model: str = "qwen2.5-7b-instruct"
    max_model_len: int = 32_768
    formats: frozenset[str] = frozenset({"json_schema", "json_object"})
    slots: int = 8
    latency: float = 0.0
    fault: OpenAiFault = ""
    streams: Literal["usage", "plain", "no", "refused"] = "usage"
    strict: bool = False
    script: Callable[[str, str], str] = answer_of
    chats: list[dict[str, Any]] = field(default_factory=list)
    most_busy: int = 0
    most_waiting: int = 0
    busy_seconds: float = 0.0

    def __post_init__(self) -> None:
        """Make the application; it is served by entering the server."""
        self._busy = self._inside = 0
        self._room: asyncio.Semaphore | None = None
        self.released = asyncio.Event()
        self._served = Served(
            Starlette(
                routes=[
                    Route("/v1/models", self._models),
                    Route("/v1/chat/completions", self._chat, methods=["POST"]),
                ]
            )
        )

    @property
    def url(self) -> str:
        """The address it answers on, with `/v1`; known before it runs."""
        return f"{self._served.url}/v1"

    async def __aenter__(self) -> OpenAiTestServer:
        """Start."""
        self._room = asyncio.Semaphore(self.slots)
        await self._served.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop, ending whatever hangs."""
        self.released.set()
        await self._served.__aexit__(*exc)

    async def _models(self, request: Request) -> Response:
        row = {
            "id": self.model,
            "object": "model",
            "created": 1,
            "owned_by": "vllm",
            "max_model_len": self.max_model_len,
        }
        return JSONResponse({"object": "list", "data": [row]})

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.chats.append(body)
        refused = await self._refusal(body)
        if refused is not None:
            return refused
        assert self._room is not None
        self._inside += 1
        self.most_waiting = max(self.most_waiting, self._inside)
        try:
            async with self._room:
                return await self._answer(body)
        finally:
            self._inside -= 1

    async def _refusal(self, body: dict[str, Any]) -> Response | None:
        kind = (body.get("response_format") or {}).get("type", "text")
        tokens = sum(count_tokens(m["content"]) for m in body["messages"])
        if self.fault == "hang":
            await self.released.wait()
        if self.fault == "busy":
            return _error(503, "The server is overloaded", "unavailable_error")
        if self.fault == "runner":
            return _error(500, "EngineDeadError: EngineCore encountered an issue", "api_error")
        if self.fault == "unauthorized":
            return _error(401, "Unauthorized", "authentication_error")
        if self.fault == "html":
            return Response("<html>It works!</html>", media_type="text/html")
        if body["model"] != self.model:
            return _error(404, f"The model `{body['model']}` does not exist.", "NotFoundError")
        if self.strict and "chat_template_kwargs" in body:
            return _error(400, "Extra inputs are not permitted: chat_template_kwargs", "BadRequestError")
        if self.streams == "refused" and body.get("stream"):
            return _error(400, "Extra inputs are not permitted: stream", "BadRequestError")
        if kind != "text" and kind not in self.formats:
            return _error(400, f"response_format type {kind} is not supported", "BadRequestError")
        if tokens + body.get("max_tokens", 16) > self.max_model_len:
            said = f"This model's maximum context length is {self.max_model_len} tokens."
            return _error(400, said, "BadRequestError")
        return None

    async def _answer(self, body: dict[str, Any]) -> Response:
        self._busy += 1
        self.most_busy = max(self.most_busy, self._busy)
        start = time.monotonic()
        try:
            await asyncio.sleep(self.latency)
        finally:
            self._busy -= 1
            self.busy_seconds += time.monotonic() - start
        system, user = (m["content"] for m in body["messages"])
        text, finish = self.script(system, user), "stop"
        if self.fault == "length" or count_tokens(text) > body.get("max_tokens", 16):
            text, finish = text[: len(text) // 2], "length"
        if self.fault == "empty":
            text = ""
        if self.fault == "thinking":
            text = f"<think>Is {json.dumps({'a': 1})} it?</think>\n{text}"
        usage = {"prompt_tokens": count_tokens(system) + count_tokens(user), "completion_tokens": count_tokens(text)}
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if self.fault == "parts":
            message["content"] = [
                {"type": "text", "text": text[:9]},
                {"type": "image"},
                {"type": "text", "text": text[9:]},
            ]
        if self.fault == "in reasoning":
            message |= {"content": None, "reasoning_content": text}
        if body.get("stream") and self.streams != "no":
            pieces = self._pieces(message, finish, usage if body.get("stream_options") else None)
            return StreamingResponse(pieces, media_type="text/event-stream")
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return JSONResponse(
            {
                "id": "c1",
                "object": "chat.completion",
                "created": 1,
                "model": self.model,
                "choices": [choice],
                "usage": usage | {"total_tokens": sum(usage.values())},
            }
        )

    async def _pieces(self, message: dict[str, Any], finish: str, usage: dict[str, int] | None) -> AsyncIterator[bytes]:
        field, text = next((k, v) for k, v in reversed(message.items()) if k != "role" and v is not None)
        while self.fault == "drip" and not self.released.is_set():
            yield _event({"content": "a"})
            await asyncio.sleep(_DRIP_SECONDS)
        yield _event({"role": "assistant"} | ({field: text} if isinstance(text, list) else {}))
        for at in range(0, len(text) if isinstance(text, str) else 0, 200):
            yield _event({field: text[at : at + 200]})
            if self.fault == "midstream":
                yield b'data: {"error": {"message": "CUDA error", "type": "server_error"}}\n\n'
                return
            if self.fault == "drop":
                raise ConnectionError
            if self.fault == "stall":
                await self.released.wait()
        yield _event({}, finish=finish)
        if usage is not None and self.streams == "usage":
            yield _event(None, usage=usage | {"total_tokens": sum(usage.values())})
        yield b"data: [DONE]\n\n"


def _event(delta: dict[str, Any] | None, *, finish: str | None = None, **more: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}
    return f"data: {json.dumps(body)}\n\n".encode()


def _error(status: int, message: str, kind: str) -> Response:
    body = {"error": {"message": message, "type": kind, "param": None, "code": status}}
    return JSONResponse(body, status_code=status)
