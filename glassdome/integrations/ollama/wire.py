"""One Ollama server on the wire: the official client, and what it does not send by itself."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
from ollama import AsyncClient, ChatResponse, ShowResponse

from glassdome.core.errors import EngineError, ModelMissing
from glassdome.core.per_loop import PerLoop
from glassdome.integrations.model_times import in_time
from glassdome.integrations.ollama.faults import RunnerFailed, missing, translated
from glassdome.ports.model import PullProgress

__all__ = ["Answer", "ModelCard", "OllamaWire", "cloud_refused", "full_name", "is_cloud_name"]

#: Seconds until a connection stands, and for the small questions (version, tags, show): a busy server answers them late.
_CONNECT_SECONDS: Final = 5.0
_SMALL_SECONDS: Final = 60.0
#: Seconds a load may take; Ollama itself gives up after 300 without progress.
_LOAD_SECONDS: Final = 330.0
#: Characters of an answer that are taken, thoughts included; num_predict bounds it long before.
_MOST_CHARS: Final = 256_000
#: `truncate` and `shift` are known from this version on; before, they are ignored without a word.
_KNOWS_TRUNCATE: Final = (0, 12, 6)
_CLOUD_NAME = re.compile(r"[:-]cloud$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The answer of `/api/show`: the context the model was made for, and whether it thinks or runs elsewhere."""

    context_tokens: int | None
    thinks: bool
    version: tuple[int, ...]
    server: str

    @property
    def knows_truncate(self) -> bool:
        """The server refuses a prompt that is too long, when told so, in place of cutting it."""
        return self.version >= _KNOWS_TRUNCATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, put together; tokens are the server's own counts, 0 where it gave none."""

    text: str
    done_reason: str
    tokens_in: int
    tokens_out: int


class _Client(AsyncClient):
    """The official client, with the two fields of `/api/chat` that its `chat` method does not offer."""

    async def raw(self, method: str, path: str, **body: Any) -> Any:
        """Send a request whose answer the client's own types would cut: the version, and the signs of a cloud."""
        return (await self._request_raw(method, path, **body)).json()  # type: ignore[no-untyped-call]

    async def pieces(self, body: Mapping[str, Any]) -> AsyncGenerator[ChatResponse, None]:
        """Send one chat request and yield the pieces of its answer."""
        found: Any = await self._request(ChatResponse, "POST", "/api/chat", json=dict(body), stream=True)
        async with aclosing(found):
            async for piece in found:
                yield piece


class OllamaWire:
    """The questions one server can be asked. Its connections belong to the loop that runs."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        silence: float = 60.0,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`timeout` is seconds one whole answer may take, `silence` between two pieces of it.

        `tls` None trusts the system's authorities.
        """
        self.url = url
        self._timeout, self._silence = timeout, silence
        self._headers = headers
        self._tls = tls
        self._client = PerLoop(self._open)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[_Client]:
        # No proxy of the environment, and no redirect: mail goes to the named host or nowhere.
        client = _Client(
            self.url,
            follow_redirects=False,
            trust_env=False,
            headers=self._headers,
            verify=self._tls or True,
            # Longer than any wait of ours, which then says more.
            timeout=httpx.Timeout(max(self._timeout, _LOAD_SECONDS) + 30, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
        )
        try:
            yield client
        finally:
            await client.close()  # type: ignore[no-untyped-call]

    @asynccontextmanager
    async def _asking(self, model: str = "", seconds: float = _SMALL_SECONDS) -> AsyncIterator[_Client]:
        """Lend the client for a question about `model` that may take so long; raises as `translated`."""
        with translated(self.url, model):
            async with asyncio.timeout(seconds):
                yield await self._client.get()

    async def version(self) -> str:
        """Return the server's version, such as `0.12.6`, empty where it tells none; raises ModelUnavailable."""
        with suppress(ModelMissing):  # 404: a server that speaks only the rest of Ollama's API
            async with self._asking() as client:
                return str((await client.raw("GET", "/api/version"))["version"])
        return ""

    async def installed(self) -> tuple[str, ...]:
        """List the models on this server's own disk; what it would fetch from a cloud is left out."""
        async with self._asking() as client:
            models = (await client.raw("GET", "/api/tags")).get("models") or []
            local = (m for m in models if not m.get("remote_host") and not m.get("remote_model"))
            names = (str(m.get("model") or m.get("name") or "") for m in local)
            return tuple(sorted(n for n in names if n and not is_cloud_name(n)))

    async def card(self, model: str) -> ModelCard:
        """Return what the server says of the model; raises ModelMissing, and EngineError for one in a cloud."""
        version = await self.version()
        async with self._asking(model) as client:
            raw = await client.raw("POST", "/api/show", json={"model": model})
            shown = ShowResponse(**raw)
        if raw.get("remote_host") or raw.get("remote_model") or is_cloud_name(model):
            raise cloud_refused(model)
        if _has_no_template(raw):
            raise EngineError(
                f"The model {model!r} has no chat template: it continues texts and follows no instructions.",
                fix="Choose the model's `instruct` variant, or give it a TEMPLATE in its Modelfile.",
            )
        found = [v for k, v in (shown.modelinfo or {}).items() if k.endswith(".context_length") and isinstance(v, int)]
        return ModelCard(
            context_tokens=max(found) if found else None,
            thinks="thinking" in (shown.capabilities or []),
            version=tuple(int(n) for n in re.findall(r"\d+", version)[:3]),
            server=f"ollama {version}",
        )

    async def digest(self, model: str) -> str:
        """Return the digest of the model on this server; raises ModelMissing."""
        async with self._asking(model) as client:
            rows = (await client.raw("GET", "/api/tags")).get("models") or []
        names = (model, full_name(model))
        found = [str(row.get("digest") or "") for row in rows if (row.get("model") or row.get("name")) in names]
        if not found:
            raise missing(model)
        return found[0]

    async def loaded(self) -> frozenset[str] | None:
        """Return the names of the models in memory, None where the server does not tell."""
        with suppress(ModelMissing):
            async with self._asking() as client:
                return frozenset(full_name(m.model or "") for m in (await client.ps()).models)
        return None

    async def load(self, body: Mapping[str, Any]) -> None:
        """Load the model with the options of `body` and wait for it, longer than an answer may take."""
        async with (
            self._asking(str(body["model"]), _LOAD_SECONDS) as client,
            aclosing(client.pieces({**body, "messages": []})) as pieces,
        ):
            async for _ in pieces:
                pass

    async def chat(self, body: Mapping[str, Any]) -> Answer:
        """Ask, and put the pieces together; raises ModelTooSlow, and as `translated`."""
        with translated(self.url, str(body["model"])), in_time(self.url, self._timeout, self._silence) as limits:
            async with limits.whole(), aclosing((await self._client.get()).pieces(body)) as pieces:
                return await self._gather(limits.watched(pieces))

    async def _gather(self, pieces: AsyncIterator[ChatResponse]) -> Answer:
        text: list[str] = []
        length, last = 0, None
        async for piece in pieces:
            text.append(piece.message.content or "")
            length += len(text[-1]) + len(piece.message.thinking or "")
            if piece.done:
                last = piece
                break
            if length > _MOST_CHARS:
                raise RunnerFailed(f"The Ollama server at {self.url} answered without end.")
        if last is None:
            raise RunnerFailed(f"The answer of the Ollama server at {self.url} broke off.")
        return Answer(
            text="".join(text),
            done_reason=last.done_reason or "stop",
            tokens_in=last.prompt_eval_count or 0,
            tokens_out=last.eval_count or 0,
        )

    async def pull(self, model: str) -> AsyncIterator[PullProgress]:
        """Download, yielding progress; a repeated pull goes on where the last one stopped."""
        if is_cloud_name(model):
            raise cloud_refused(model)
        with translated(self.url, model):
            async for step in await (await self._client.get()).pull(model, stream=True):
                yield PullProgress(status=step.status or "", completed=step.completed or 0, total=step.total or 0)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        await self._client.aclose()


def _has_no_template(shown: Mapping[str, Any]) -> bool:
    """Return whether the server hands prompts through as they are; newer models have a renderer in its place."""
    template = "".join(str(shown.get("template") or "").split())
    renders = shown.get("renderer") or "RENDERER " in str(shown.get("modelfile") or "")
    return template == "{{.Prompt}}" and not renders


def is_cloud_name(model: str) -> bool:
    """Return whether the name is one that Ollama sends to its cloud."""
    return bool(_CLOUD_NAME.search(model))


def cloud_refused(model: str) -> EngineError:
    """Return the refusal of a model that is not on the owner's machines."""
    return EngineError(
        f"The model {model!r} runs in a cloud, and mail must stay on your own machines.",
        fix="Choose a local model; OLLAMA_NO_CLOUD=1 on the server switches its cloud off.",
    )


def full_name(model: str) -> str:
    """Return the name with its tag, `latest` where it has none."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"
