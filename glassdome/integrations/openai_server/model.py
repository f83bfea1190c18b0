"""An OpenAI-compatible server as a LanguageModel, by the official client."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

from glassdome.core import log
from glassdome.core.errors import ModelMissing, OutputInvalid
from glassdome.core.per_loop import PerLoop
from glassdome.integrations.limiter import Limiter
from glassdome.integrations.local_network import refuse_public_service
from glassdome.integrations.model_pulse import Pulse
from glassdome.integrations.model_times import in_time
from glassdome.integrations.openai_server.faults import (
    FormatUnknown,
    ServerBusy,
    StreamUnknown,
    ThinkingUnknown,
    translated,
)
from glassdome.integrations.openai_server.stream import Written, ask_streamed
from glassdome.ports.model import Completion, ModelFacts, Prompt

__all__ = ["OpenAiServer"]

_log = log.get_logger(__name__)
Format = Literal["json_schema", "json_object+schema", "json_object", "text"]
#: The ways to get JSON, best first; missing ones are found out once per server.
_FORMATS: Final[tuple[Format, ...]] = ("json_schema", "json_object+schema", "json_object", "text")
#: The ways to ask for a stream, best first; the last asks for none.
_STREAMS: Final[tuple[dict[str, Any], ...]] = (
    {"stream": True, "stream_options": {"include_usage": True}},
    {"stream": True},
    {},
)
#: How vLLM, SGLang and llama.cpp are told that a model shall answer without thinking first.
_NO_THINKING: Final[dict[str, Any]] = {"chat_template_kwargs": {"enable_thinking": False}}
_ENFORCED: Final = ("json_schema", "json_object+schema")
_CONNECT_SECONDS: Final = 5.0
#: Context of a server that does not say: the smallest in use.
_LEAST_CONTEXT: Final = 4_096
_SEED: Final = 7


class OpenAiServer:
    """Implements LanguageModel. The server keeps its own queue; how much it is given is fixed or learned."""

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        key: str = "",
        timeout: float = 300.0,
        silence: float = 60.0,
        temperature: float = 0.0,
        concurrency: int | None = None,
        context_tokens: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`model` None means the one the server has; `context_tokens` is for servers that do not tell theirs.

        `tls` None trusts the system's authorities.

        Raises ConfigError for a public service.
        """
        refuse_public_service(url)
        self.name = model or ""
        self.limiter = Limiter(concurrency)
        self._url = url
        self._key = key
        self._timeout, self._silence = timeout, silence
        self._temperature = temperature
        self._pulse = Pulse(url)
        self._tls = tls
        self._given_context = context_tokens
        self._facts: ModelFacts | None = None
        self._format: Format = _FORMATS[0]
        self._stream = 0
        self._more: dict[str, Any] | None = _NO_THINKING
        self._client = PerLoop(self._open)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[AsyncOpenAI]:
        # Making one reads files, which is not for the loop.
        async with await asyncio.to_thread(self._make) as client:
            yield client

    def _make(self) -> AsyncOpenAI:
        # No proxy of the environment, no redirect, no organization of the environment, no hidden retries.
        transport = DefaultAsyncHttpxClient(
            trust_env=False,
            follow_redirects=False,
            verify=self._tls or True,
            # Longer than any wait of ours, which then says more.
            timeout=Timeout(self._timeout + 30, connect=_CONNECT_SECONDS),
        )
        return AsyncOpenAI(
            base_url=self._url,
            api_key=self._key or "none",
            organization="",
            project="",
            max_retries=0,
            http_client=transport,
        )

    @property
    def alive(self) -> bool:
        """The server is at work on a request, so it need not be asked whether it is there."""
        return self._pulse.alive

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer; raises as the port says."""
        facts = self._facts
        if facts is None:
            with self._pulse.asking():
                facts = await self.facts()
        async with self.limiter.slot() as busy:
            start = time.monotonic()
            try:
                with self._pulse.asking():
                    written = await self._ask(facts.model, prompt)
            except ServerBusy:
                if self.limiter.learner:
                    self.limiter.learner.refused()
                raise
            seconds = time.monotonic() - start
            if self.limiter.learner:
                self.limiter.learner.answered(seconds, busy=busy)
        return self._completion(written, seconds)

    async def _ask(self, model: str, prompt: Prompt) -> Written:
        """Ask in the best format the server knows, and remember which that is."""
        while True:
            form = self._format
            try:
                return await self._ask_in(form, model, prompt)
            except FormatUnknown as exc:
                if form == _FORMATS[-1]:
                    raise OutputInvalid(exc.message) from exc
                if self._format == form:
                    self._format = _FORMATS[_FORMATS.index(form) + 1]
                    _log.warning("response_format_unknown", url=self._url, format=form, next=self._format)
            except ThinkingUnknown:
                if self._more is None:
                    raise
                self._more = None
            except StreamUnknown:
                if self._stream == len(_STREAMS) - 1:
                    raise
                self._stream += 1

    async def _ask_in(self, form: Format, model: str, prompt: Prompt) -> Written:
        system = prompt.system if form in _ENFORCED else f"{prompt.system}\n\n{_described(prompt.schema)}"
        more: dict[str, Any] = {} if form == "text" else {"response_format": _response_format(form, prompt.schema)}
        with translated(self._url, model), in_time(self._url, self._timeout, self._silence) as limits:
            body = more | {"model": model, "max_tokens": prompt.max_tokens, "temperature": self._temperature}
            body |= {"messages": _messages(system, prompt.user), "seed": _SEED, "extra_body": self._more}
            client = await self._client.get()
            written = await ask_streamed(client, limits, **body, **_STREAMS[self._stream])
            if not written.is_nothing:
                return written
            # Without a stream the server says why it wrote nothing; it may have broken the connection at that, too.
            return await ask_streamed(client.with_options(max_retries=1), limits, **body)

    def _completion(self, written: Written, seconds: float) -> Completion:
        # Some servers put all of an answer with a schema into the field for reasoning.
        text = written.text if written.text.strip() else written.thoughts
        if not text.strip():
            raise OutputInvalid("it was empty")
        return Completion(
            text=text,
            model=self.name,
            finish="length" if written.finish == "length" else "stop",
            tokens_in=written.tokens_in,
            tokens_out=written.tokens_out,
            seconds=seconds,
            host=self._url,
        )

    async def facts(self) -> ModelFacts:
        """Return model and context as `/v1/models` tells them (vLLM: max_model_len; llama.cpp: meta.n_ctx)."""
        if self._facts is None:
            self._facts = await self._ask_facts()
            self.name = self._facts.model
        return self._facts

    async def _ask_facts(self) -> ModelFacts:
        with translated(self._url, self.name):
            async with asyncio.timeout(self._timeout):
                page = await (await self._client.get()).models.list()
            rows = [row.to_dict() for row in page.data]
        named = [row for row in rows if not self.name or row["id"] == self.name]
        if not named:
            raise ModelMissing(
                f"The server at {self._url} has no model {self.name!r}.",
                fix=f"It serves: {', '.join(str(r['id']) for r in rows) or 'none'}. Set GLASSDOME_MODEL.",
            )
        row = named[0]
        context = self._given_context or _context(row) or _LEAST_CONTEXT
        slots = None if self.limiter.learner else self.limiter.limit
        return ModelFacts(
            model=str(row["id"]), context_tokens=context, server=str(row.get("owned_by") or ""), slots=slots
        )

    async def digest(self) -> str:
        """Return an empty string: this interface names models and says nothing of their weights."""
        await self.facts()
        return ""

    async def installed(self) -> tuple[str, ...]:
        """List the models it serves; raises ModelUnavailable."""
        with translated(self._url, self.name):
            async with asyncio.timeout(self._timeout):
                return tuple(sorted(row.id for row in (await (await self._client.get()).models.list()).data))

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        await self._client.aclose()


def _messages(system: str, user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _context(row: Mapping[str, Any]) -> int | None:
    meta = row.get("meta")
    found = row.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return found if isinstance(found, int) and found > 0 else None


def _response_format(form: Format, schema: Mapping[str, Any]) -> dict[str, Any]:
    if form == "json_schema":
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)}}
    if form == "json_object+schema":
        # How llama-cpp-python's server and older llama.cpp take a schema.
        return {"type": "json_object", "schema": dict(schema)}
    return {"type": "json_object"}


def _described(schema: Mapping[str, Any]) -> str:
    """The schema in words, for servers that do not enforce it; constant, so that the prefix stays cached."""
    return f"The JSON object must follow this JSON schema:\n{json.dumps(schema, separators=(',', ':'))}"
