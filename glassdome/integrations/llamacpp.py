"""llama.cpp in a child process of ours: a GGUF file is enough. Needs the extra `llamacpp`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from glassdome.core import errors
from glassdome.core.errors import EngineError, GlassdomeError, ModelBroke, ModelMissing, ModelTooSlow, ModelUnavailable
from glassdome.integrations.model_pulse import Pulse
from glassdome.ports.model import Completion, ModelFacts, Prompt

__all__ = ["LlamaCpp"]

#: Bytes at each end of a file that tell it from another; all of it takes a minute to read.
_DIGESTED: Final = 1 << 20
#: Seconds a load may take.
_LOAD_SECONDS: Final = 330.0
#: Seconds before a child that ended again and again is started once more: after the second end, and at most.
FIRST_REST: Final = 2.0
LONGEST_REST: Final = 60.0
#: Bytes of one answer of the child.
_LINE_BYTES: Final = 1 << 22
#: Errors that the child may name; anything else is no answer.
_TOLD: Final = ("ConfigError", "EngineError", "ModelMissing", "ModelUnavailable", "OutputInvalid", "PromptTooLarge")


class LlamaCpp:
    """Implements LanguageModel. One child owns the model: llama.cpp answers one request at a time in a context.

    A child that crashes, hangs or takes too long is killed; the next question starts another one, after a rest where
    children ended one after the other.
    """

    def __init__(
        self,
        path: Path,
        *,
        num_ctx: int = 8_192,
        threads: int | None = None,
        temperature: float = 0.0,
        timeout: float = 300.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`path` is the GGUF file, loaded at the first question; `timeout` is seconds that one answer may take."""
        self.name = path.stem
        self._path, self._timeout, self._monotonic = path, timeout, monotonic
        self._told = {"path": str(path), "num_ctx": num_ctx, "threads": threads, "temperature": temperature}
        self._pulse = Pulse(f"llama.cpp with {path.name}")
        self._child: asyncio.subprocess.Process | None = None
        self._lock: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None
        self._facts: ModelFacts | None = None
        self._ends, self._rests_until = 0, 0.0
        self._stopping = False

    @property
    def alive(self) -> bool:
        """The child is at work on a request."""
        return self._pulse.alive

    @property
    def process_id(self) -> int | None:
        """The child, None while there is none."""
        return self._child.pid if self._child is not None else None

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer, held to the schema by a grammar; raises ModelTooSlow, ModelBroke, and as the port says."""
        asked: dict[str, Any] = {"do": "complete", "system": prompt.system, "user": prompt.user}
        asked |= {"schema": dict(prompt.schema), "max_tokens": prompt.max_tokens}
        with self._pulse.asking():
            async with self._turn():
                await self._loaded()
                done = await self._ask(asked, self._timeout)
        self._ends = 0
        return Completion(model=self.name, host="in process", **done)

    async def facts(self) -> ModelFacts:
        """Return the model's name and context; loads it. Raises ConfigError without the library."""
        async with self._turn():
            return await self._loaded()

    async def digest(self) -> str:
        """Return a hash of the file's size, head and tail; raises ModelMissing."""
        return await asyncio.to_thread(self._digest)

    async def installed(self) -> tuple[str, ...]:
        """List the one model there is; raises ModelUnavailable while its process rests after a crash."""
        self._must_not_rest()
        return (self.name,) if await asyncio.to_thread(self._path.is_file) else ()

    async def aclose(self) -> None:
        """Free the model; the next question loads it again."""
        await self._kill()

    def interrupt(self) -> None:
        """End the answer that is being written, and write no more: the service stops."""
        self._stopping = True
        _signal_end(self._child)

    def _digest(self) -> str:
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                head = file.read(_DIGESTED)
                file.seek(max(0, size - _DIGESTED))
                return hashlib.sha256(b"%d " % size + head + file.read(_DIGESTED)).hexdigest()
        except OSError as exc:
            raise ModelMissing(f"There is no GGUF file {self._path}.", fix="Set GLASSDOME_MODEL to one.") from exc

    # -- the child

    def _turn(self) -> asyncio.Lock:
        """Return the lock of the running loop; a child of another loop cannot be talked to any more, and ends."""
        loop = asyncio.get_running_loop()
        if self._lock is None or self._lock[0] is not loop:
            _signal_end(self._child)
            self._lock, self._child, self._facts = (loop, asyncio.Lock()), None, None
        return self._lock[1]

    async def _loaded(self) -> ModelFacts:
        if self._stopping:
            raise ModelUnavailable("Glassdome stops.")
        if self._child is None or self._child.returncode is not None or self._facts is None:
            self._must_not_rest()
            await self._kill()
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "glassdome.integrations.llamacpp_child", str(os.getpid()), json.dumps(self._told),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                limit=_LINE_BYTES,
            )  # fmt: skip
            found = await self._ask({"do": "facts"}, _LOAD_SECONDS)
            context = int(found["context_tokens"])
            self._facts = ModelFacts(model=self.name, context_tokens=context, server="llama.cpp", slots=1)
        return self._facts

    async def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the child; one that gives no answer is killed, for what it says later would answer another question."""
        child = self._child
        assert child is not None
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                child.stdin.write(json.dumps(request).encode() + b"\n")
                await child.stdin.drain()
                line = await child.stdout.readline()
            found = json.loads(line)
        except TimeoutError as exc:
            await self._kill()
            raise ModelTooSlow(f"llama.cpp did not answer within {seconds:g} seconds.") from exc
        except (OSError, ValueError) as exc:
            raise await self._ended() from exc
        except BaseException:
            self._facts = None  # The next question waits for its end.
            _signal_end(child)
            raise
        if "error" in found:
            raise _error(found)
        return dict(found)

    async def _ended(self) -> EngineError:
        """Return the error of a child that ended while it was asked."""
        code = await self._kill()
        if self._stopping:
            return ModelUnavailable("Glassdome stops.")
        self._ends += 1
        rest = min(FIRST_REST * 2 ** (self._ends - 2), LONGEST_REST) if self._ends > 1 else 0.0
        self._rests_until = self._monotonic() + rest
        return ModelBroke("The process of llama.cpp ended while it was asked.", exit_code=code)

    def _must_not_rest(self) -> None:
        left = self._rests_until - self._monotonic()
        if left > 0:
            raise ModelUnavailable(f"llama.cpp ended {self._ends} times and is started again in {left:.0f} seconds.")

    async def _kill(self) -> int | None:
        child, self._child, self._facts = self._child, None, None
        _signal_end(child)
        return await child.wait() if child is not None else None


def _signal_end(child: asyncio.subprocess.Process | None) -> None:
    if child is not None and child.returncode is None:
        try:
            child.kill()
        except (ProcessLookupError, RuntimeError):  # it has ended, or its loop is closed
            return


def _error(found: dict[str, Any]) -> GlassdomeError:
    cls: type[GlassdomeError] = getattr(errors, found["error"]) if found["error"] in _TOLD else ModelUnavailable
    return cls(str(found["message"]), fix=str(found["fix"]), **{"reason": found["reason"]} if found["reason"] else {})
