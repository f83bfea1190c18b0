"""An Ollama-protocol server for tests: shapes, texts and quirks of `/api/*` as read from Ollama's sources.

Quirks kept: `stream` is true when absent; a prompt that is too long is cut and answered with 200 unless `truncate` is
false and the version knows that word; options that differ reload the model; metrics of zero are left out; a failed
pull is an error inside a 200 stream; a cloud model answers like any other; loading blocks and never says 503.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers.model_answers import answer_of
from tests.servers.served import Served

__all__ = ["Fault", "OllamaServer", "count_tokens"]

Fault = Literal[
    "",
    "busy",
    "runner",
    "hang",
    "stall",
    "drop",
    "html",
    "length",
    "empty",
    "thinking",
    "midstream",
    "redirect",
    "drip",
]
#: Seconds between two pieces of an answer that never ends.
_DRIP_SECONDS: Final = 0.02
_NS: Final = 1_000_000_000
_CHARS_PER_TOKEN: Final = 4
_KNOWS_TRUNCATE: Final = (0, 12, 6)


def count_tokens(text: str) -> int:
    """Return how many tokens this server counts: a quarter of the characters, one for each that is not ASCII."""
    ascii_only = sum(map(str.isascii, text))
    return ascii_only // _CHARS_PER_TOKEN + 2 * (len(text) - ascii_only)


@dataclass(kw_only=True)
class OllamaServer:
    """One server. `fault` makes it fail until it is cleared; `script` answers in place of the usual reading.

    `template` is what `/api/show` tells; `missing_routes` answer 404, as servers do that speak a part of the API;
    `absent_once` makes the first question find no model, as a proxy does before several servers.
    `latency` is seconds per answer; `slots` is OLLAMA_NUM_PARALLEL. Seen: `chats` (bodies of questions), `loads`,
    `counted` and `written` (tokens of each prompt and answer), `most_busy`, `busy_seconds` (sum over the slots).
    """

    models: dict[str, int] = field(default_factory=lambda: {"llama3.2:3b": 131_072})
    version: str = "0.13.1"
    cloud_models: frozenset[str] = frozenset()
    thinking_models: frozenset[str] = frozenset()
    template: str | None = None
    missing_routes: frozenset[str] = frozenset()
    absent_once: bool = False
    slots: int = 1
    latency: float = 0.0
    fault: Fault = ""
    script: Callable[[str, str], str] = answer_of
    pullable: frozenset[str] = frozenset({"qwen3:4b"})
    chats: list[dict[str, Any]] = field(default_factory=list)
    loads: list[dict[str, Any]] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_busy: int = 0
    busy_seconds: float = 0.0

    def __post_init__(self) -> None:
        """Make the application; it is served by entering the server."""
        self._loaded: dict[str, Any] = {}
        self._busy = 0
        self._room: asyncio.Semaphore | None = None
        self.released = asyncio.Event()
        routes = [
            Route("/", lambda _: PlainTextResponse("Ollama is running")),
            Route("/api/version", self._version),
            Route("/api/tags", self._tags),
            Route("/api/ps", self._ps),
            Route("/api/show", self._show, methods=["POST"]),
            Route("/api/pull", self._pull, methods=["POST"]),
            Route("/api/chat", self._chat, methods=["POST"]),
        ]
        self._served = Served(Starlette(routes=[r for r in routes if r.path not in self.missing_routes]))

    @property
    def url(self) -> str:
        """The address it answers on; known before it runs."""
        return self._served.url

    async def __aenter__(self) -> OllamaServer:
        """Start."""
        self._room, self._loaded = asyncio.Semaphore(self.slots), {}
        await self._served.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop, ending whatever hangs."""
        self.released.set()
        await self._served.__aexit__(*exc)

    async def _version(self, request: Request) -> Response:
        return JSONResponse({"version": self.version})

    async def _tags(self, request: Request) -> Response:
        rows = [{"name": m, "model": m, "size": 1, "digest": "d", "details": {"format": "gguf"}} for m in self.models]
        for row in rows:
            if row["model"] in self.cloud_models:
                row |= {"remote_host": "https://ollama.com:443", "remote_model": row["model"]}
        return JSONResponse({"models": rows})

    async def _ps(self, request: Request) -> Response:
        rows = [{"name": m, "model": m, "context_length": o.get("num_ctx", 4096)} for m, o in self._loaded.items()]
        return JSONResponse({"models": rows})

    async def _show(self, request: Request) -> Response:
        model = (await request.json()).get("model", "")
        if model not in self.models:
            return _error(404, f"model '{model}' not found")
        thinks = ["thinking"] if model in self.thinking_models else []
        shown: dict[str, Any] = {
            "details": {"family": "llama"},
            "model_info": {"general.architecture": "llama", "llama.context_length": self.models[model]},
            "capabilities": ["completion", *thinks],
        }
        if self.template is not None:
            shown["template"] = self.template
        if model in self.cloud_models:
            shown |= {"remote_host": "https://ollama.com:443", "remote_model": model}
        return JSONResponse(shown)

    async def _pull(self, request: Request) -> Response:
        model = (await request.json())["model"]
        return StreamingResponse(self._pulled(model), media_type="application/x-ndjson")

    async def _pulled(self, model: str) -> AsyncIterator[bytes]:
        yield _line(status="pulling manifest")
        if model not in self.pullable:
            yield _line(error="pull model manifest: file does not exist")
            return
        for done in (None, 40, 100):
            step = {"status": "pulling aabbcc", "digest": "sha256:aabbcc", "total": 100}
            yield _line(**(step if done is None else step | {"completed": done}))
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield _line(status=status)
        self.models[model] = 32_768

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        model, options = body.get("model", ""), body.get("options") or {}
        self.headers.append(dict(request.headers))
        if model not in self.models:
            return _error(404, f"model '{model}' not found")
        if body.get("think") is not None and body["think"] and model not in self.thinking_models:
            return _error(400, f'"{model}" does not support thinking')
        self._load(model, {k: v for k, v in options.items() if k in ("num_ctx", "num_gpu", "num_thread")} | {
            "shift": body.get("shift")
        })  # fmt: skip
        if not body.get("messages"):
            return JSONResponse(_final(model, done_reason="load"))
        self.chats.append(body)
        if self.absent_once:
            self.absent_once = False
            return _error(404, f"model '{model}' not found")
        refused = await self._faulty(body)
        if refused is not None:
            return refused
        messages, tokens = self._fit(body, int(options.get("num_ctx", 4096)))
        if messages is None:
            return _error(400, "the input length exceeds the context length")
        self.counted.append(tokens)
        return StreamingResponse(self._pieces(body, messages, tokens), media_type="application/x-ndjson")

    def _load(self, model: str, options: dict[str, Any]) -> None:
        if self._loaded.get(model) != options:
            self._loaded[model] = options
            self.loads.append({"model": model, **options})

    def _fit(self, body: dict[str, Any], num_ctx: int) -> tuple[list[dict[str, str]] | None, int]:
        messages = body["messages"]
        tokens = sum(count_tokens(m["content"]) for m in messages)
        if tokens <= num_ctx:
            return messages, tokens
        version = tuple(int(n) for n in self.version.split("."))
        if version >= _KNOWS_TRUNCATE and body.get("truncate") is False:
            return None, tokens
        # The head goes, instructions included; the tail stays, and the answer is 200.
        whole = "".join(m["content"] for m in messages)
        return [{"role": "user", "content": whole[-num_ctx * _CHARS_PER_TOKEN :]}], num_ctx

    async def _faulty(self, body: dict[str, Any]) -> Response | None:
        if self.fault == "busy":
            return _error(503, "server busy, please try again.  maximum pending requests exceeded")
        if self.fault == "runner":
            return _error(500, "model runner has unexpectedly stopped, this may be due to resource limitations")
        if self.fault == "html":
            return Response("<html>It works!</html>", media_type="text/html")
        if self.fault == "redirect":
            return Response(status_code=307, headers={"location": "https://ollama.com/api/chat"})
        if self.fault == "hang":
            await self.released.wait()
        return None

    async def _pieces(self, body: dict[str, Any], messages: list[dict[str, str]], tokens: int) -> AsyncIterator[bytes]:
        assert self._room is not None
        async with self._room:
            self._busy += 1
            self.most_busy = max(self.most_busy, self._busy)
            start = time.monotonic()
            try:
                await asyncio.sleep(self.latency)
                async for piece in self._written(body, messages, tokens):
                    yield piece
            finally:
                self._busy -= 1
                self.busy_seconds += time.monotonic() - start

    async def _written(self, body: dict[str, Any], messages: list[dict[str, str]], tokens: int) -> AsyncIterator[bytes]:
        model = body["model"]
        system = next((m["content"] for m in messages if m["role"] == "system"), "")
        text = self.script(system, messages[-1]["content"])
        out, reason = count_tokens(text), "stop"
        most = int((body.get("options") or {}).get("num_predict", 128))
        if self.fault == "length" or out > most:
            text, out, reason = text[: len(text) // 2], most, "length"
        if self.fault == "empty":
            text, out = "", 0
        if self.fault == "thinking" and body.get("think") is not False:
            text = f'<think>What could this be? {{"a": 1}}</think>\n{text}'
        self.written.append(out)
        while self.fault == "drip" and not self.released.is_set():
            yield _line(model=model, message={"role": "assistant", "content": "a"}, done=False)
            await asyncio.sleep(_DRIP_SECONDS)
        for at in range(0, len(text), 200):
            yield _line(model=model, message={"role": "assistant", "content": text[at : at + 200]}, done=False)
            if self.fault == "midstream":
                yield _line(error="an error was encountered while running the model: CUDA error")
                return
            if self.fault == "drop":
                return
            if self.fault == "stall":
                await self.released.wait()
        yield _line(**_final(model, done_reason=reason, prompt_eval_count=tokens, eval_count=out))


def _final(model: str, **metrics: Any) -> dict[str, Any]:
    final = {"model": model, "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": ""}}
    return final | {"done": True, "total_duration": _NS} | {k: v for k, v in metrics.items() if v}


def _line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def _error(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)
