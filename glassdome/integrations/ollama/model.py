"""Ollama as a LanguageModel: one model on one or several servers."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from glassdome.core import log
from glassdome.core.errors import ModelMissing, ModelUnavailable, OutputInvalid, PromptTooLarge
from glassdome.integrations.model_hosts import ModelHost, ModelHosts
from glassdome.integrations.model_pulse import Pulse
from glassdome.integrations.ollama.wire import Answer, ModelCard, OllamaWire, cloud_refused, full_name, is_cloud_name
from glassdome.ports.model import Completion, ModelFacts, Prompt, PullProgress

__all__ = ["OllamaModel"]

_log = log.get_logger(__name__)
#: One seed and no temperature: the same mail gets the same answer.
_SEED: Final = 7


class OllamaModel:
    """Implements LanguageModel and ModelLibrary. Every request carries the identical options: others reload the model."""

    def __init__(
        self,
        model: str,
        *,
        hosts: Sequence[str],
        num_ctx: int = 8_192,
        keep_alive: str = "30m",
        timeout: float = 300.0,
        silence: float = 60.0,
        temperature: float = 0.0,
        slots: int = 1,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`hosts` are base URLs (`parse_hosts`); `slots` is OLLAMA_NUM_PARALLEL of each; `headers` and `tls` for a proxy.

        Raises EngineError for the name of a cloud model.
        """
        if is_cloud_name(model):
            raise cloud_refused(model)
        self.name = model
        self._num_ctx = num_ctx
        self._keep_alive = keep_alive
        self._temperature = temperature
        self._hosts = ModelHosts(hosts, slots=slots)
        self._wires = {
            url: OllamaWire(url, timeout=timeout, silence=silence, headers=headers, tls=tls) for url in hosts
        }
        self._pulses = {url: Pulse(url) for url in hosts}
        self._cards: dict[str, ModelCard] = {}

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer from the least busy server, from another one when that fails; raises as the port says."""
        tried: set[str] = set()
        while True:
            async with self._hosts.slot(without=frozenset(tried)) as host:
                try:
                    with self._pulses[host.url].asking():
                        done = await self._ask(host, prompt)
                except (ModelUnavailable, ModelMissing):
                    tried.add(host.url)
                    self._drain(host)
                    if len(tried) == len(self._wires):
                        raise
                    continue
                self._hosts.answered(host)
                return done

    @property
    def alive(self) -> bool:
        """A server is at work on a request, so it need not be asked whether it is there."""
        return any(pulse.alive for pulse in self._pulses.values())

    def _drain(self, host: ModelHost) -> None:
        self._hosts.failed(host)
        # The server may come back as another version, or with the model under another context.
        self._cards.pop(host.url, None)

    async def _ask(self, host: ModelHost, prompt: Prompt) -> Completion:
        wire = self._wires[host.url]
        card = await self._card(host.url)
        start = time.monotonic()
        try:
            answer = await wire.chat(self._body(card, prompt))
        except ModelMissing:
            # A proxy before several servers, of which not all have the model: the next one may.
            answer = await wire.chat(self._body(card, prompt))
        self._refuse_cut(card, answer)
        if not answer.text.strip():
            raise OutputInvalid("it was empty", done_reason=answer.done_reason)
        return Completion(
            text=answer.text,
            model=self.name,
            finish="length" if answer.done_reason == "length" else "stop",
            tokens_in=answer.tokens_in,
            tokens_out=answer.tokens_out,
            seconds=time.monotonic() - start,
            host=host.url,
        )

    def _refuse_cut(self, card: ModelCard, answer: Answer) -> None:
        """A prompt that fills the context to its last token was cut: the instructions are gone, and it says 200."""
        if answer.tokens_in >= self._context(card) - 1:
            raise PromptTooLarge("Ollama cut the prompt to its context.", counted=answer.tokens_in)

    def _context(self, card: ModelCard) -> int:
        return min(self._num_ctx, card.context_tokens or self._num_ctx)

    def _body(self, card: ModelCard, prompt: Prompt) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "format": dict(prompt.schema),
            "stream": True,
            "keep_alive": self._keep_alive,
            # num_predict is no option of the runner: only a changed num_ctx and its like reload the model.
            "options": {
                "num_ctx": self._context(card),
                "temperature": self._temperature,
                "seed": _SEED,
                "num_predict": prompt.max_tokens,
            },
        }
        if card.thinks:
            body["think"] = False
        if card.knows_truncate:
            body |= {"truncate": False, "shift": False}
        return body

    async def _card(self, url: str) -> ModelCard:
        """Ask a server once, and have it load the model: a first answer must not run into its time for that."""
        known = self._cards.get(url)
        if known is not None:
            return known
        wire = self._wires[url]
        card = await wire.card(self.name)
        loaded = await wire.loaded()
        if loaded is not None and full_name(self.name) not in loaded:
            _log.info("model_loading", url=url, model=self.name)
            await wire.load(self._body(card, Prompt(system="", user="", schema={}, max_tokens=1)) | {"format": None})
        self._cards[url] = card
        return card

    async def facts(self) -> ModelFacts:
        """Return what the first server that answers says; the smallest context of those known counts."""
        if not self._cards:
            await self._first_card()
        cards = list(self._cards.values())
        return ModelFacts(
            model=self.name,
            context_tokens=min(map(self._context, cards)),
            server=cards[0].server,
            slots=sum(h.slots for h in self._hosts.hosts),
        )

    async def _first_card(self) -> None:
        error: ModelUnavailable | ModelMissing = ModelUnavailable()
        for host in self._hosts.hosts:
            try:
                with self._pulses[host.url].asking():
                    await self._card(host.url)
                return
            except (ModelUnavailable, ModelMissing) as exc:
                self._drain(host)
                error = exc
        raise error

    async def digest(self) -> str:
        """Return the digests of the servers that answer, mostly one; raises ModelUnavailable, ModelMissing of the last."""
        found: set[str] = set()
        error: ModelUnavailable | ModelMissing = ModelUnavailable()
        for wire in self._wires.values():
            try:
                found.add(await wire.digest(self.name))
            except (ModelUnavailable, ModelMissing) as exc:
                error = exc
        if not found:
            raise error
        return " ".join(sorted(found))

    async def installed(self) -> tuple[str, ...]:
        """List the models that every reachable server has; raises ModelUnavailable when none answers."""
        found: list[set[str]] = []
        error = ModelUnavailable()
        for wire in self._wires.values():
            try:
                found.append(set(await wire.installed()))
            except ModelUnavailable as exc:
                error = exc
        if not found:
            raise error
        return tuple(sorted(set.intersection(*found)))

    async def pull(self, model: str) -> AsyncIterator[PullProgress]:
        """Download to every server, one after the other; with several the status begins with the server's URL."""
        for url, wire in self._wires.items():
            async for step in wire.pull(model):
                status = f"{url}: {step.status}" if len(self._wires) > 1 else step.status
                yield PullProgress(status=status, completed=step.completed, total=step.total)
            self._cards.pop(url, None)

    async def aclose(self) -> None:
        """Close all connections."""
        for wire in self._wires.values():
            await wire.aclose()
