"""llama.cpp inside this process: a GGUF file is enough. Needs the extra `llamacpp`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glassdome.core.errors import (
    ConfigError,
    EngineError,
    ModelMissing,
    ModelUnavailable,
    OutputInvalid,
    PromptTooLarge,
)
from glassdome.core.extras import install_extra
from glassdome.ports.model import Completion, ModelFacts, Prompt

if TYPE_CHECKING:
    from llama_cpp import Llama
    from llama_cpp.llama_grammar import LlamaGrammar

__all__ = ["LlamaCpp"]

_SEED: Final = 7
#: Bytes at each end of a file that tell it from another; all of it takes a minute to read.
_DIGESTED: Final = 1 << 20


class LlamaCpp:
    """Implements LanguageModel. One thread owns the model: llama.cpp answers one request at a time in a context."""

    def __init__(
        self, path: Path, *, num_ctx: int = 8_192, threads: int | None = None, temperature: float = 0.0
    ) -> None:
        """`path` is the GGUF file, loaded at the first question; a `temperature` above 0 draws answers."""
        self.name = path.stem
        self._path = path
        self._num_ctx = num_ctx
        self._threads = threads
        self._temperature = temperature
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llamacpp")
        self._llama: Llama | None = None
        self._checked: set[str] = set()

    @property
    def alive(self) -> bool:
        """It is asked nothing but questions of its own process."""
        return True

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer, held to the schema by a grammar; raises as the port says."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._complete, prompt)

    async def facts(self) -> ModelFacts:
        """Return the model's name and context; loads it. Raises ConfigError without the library."""
        llama = await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        return ModelFacts(model=self.name, context_tokens=llama.n_ctx(), server="llama.cpp", slots=1)

    async def digest(self) -> str:
        """Return a hash of the file's size, head and tail; raises ModelMissing."""
        return await asyncio.to_thread(self._digest)

    async def installed(self) -> tuple[str, ...]:
        """List the one model there is."""
        return (self.name,) if await asyncio.to_thread(self._path.is_file) else ()

    async def aclose(self) -> None:
        """Free the model; the next question loads it again."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)

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

    # -- in the model's thread

    def _open(self) -> Llama:
        if self._llama is None:
            try:
                from llama_cpp import Llama
            except ImportError as exc:
                raise ConfigError("llama.cpp is not installed.", fix=install_extra("llamacpp")) from exc
            if not self._path.is_file():
                raise ModelMissing(f"There is no GGUF file {self._path}.", fix="Set GLASSDOME_MODEL to one.")
            try:
                trained = _trained_context(Llama(model_path=str(self._path), vocab_only=True, verbose=False))
                self._llama = Llama(
                    model_path=str(self._path),
                    n_ctx=min(self._num_ctx, trained or self._num_ctx),
                    n_threads=self._threads,
                    seed=_SEED,
                    verbose=False,
                )
            except (ValueError, RuntimeError, OSError) as exc:
                raise EngineError(f"llama.cpp cannot load {self._path.name}.", reason=str(exc)) from exc
        return self._llama

    def _complete(self, prompt: Prompt) -> Completion:
        from llama_cpp.llama_grammar import LlamaGrammar

        llama = self._open()
        grammar = LlamaGrammar.from_json_schema(json.dumps(dict(prompt.schema)), verbose=False)
        self._check(llama, grammar)
        start = time.monotonic()
        try:
            answer: Any = llama.create_chat_completion(
                messages=[{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
                grammar=grammar,
                max_tokens=prompt.max_tokens,
                temperature=self._temperature,
                seed=_SEED,
            )
        except ValueError as exc:
            if "exceed" in str(exc) and "context" in str(exc):
                raise PromptTooLarge(f"llama.cpp says: {exc}") from exc
            raise ModelUnavailable("llama.cpp failed.", reason=str(exc)) from exc
        except (RuntimeError, OSError) as exc:
            raise ModelUnavailable("llama.cpp failed.", reason=str(exc)) from exc
        text = answer["choices"][0]["message"]["content"] or ""
        if not text.strip():
            raise OutputInvalid("it was empty")
        return Completion(
            text=text,
            model=self.name,
            finish="length" if answer["choices"][0]["finish_reason"] == "length" else "stop",
            tokens_in=answer["usage"]["prompt_tokens"],
            tokens_out=answer["usage"]["completion_tokens"],
            seconds=time.monotonic() - start,
            host="in process",
        )

    def _check(self, llama: Llama, grammar: LlamaGrammar) -> None:
        """Raise EngineError for a grammar that llama.cpp refuses: the binding would use its null sampler and crash."""
        text = str(grammar._grammar)
        if text in self._checked:
            return
        from llama_cpp import llama_sampler_free, llama_sampler_init_grammar

        sampler = llama_sampler_init_grammar(llama._model.vocab, text.encode(), str(grammar._root).encode())
        if not sampler:
            raise EngineError("llama.cpp refuses the grammar of the answer's JSON schema.", reason="null sampler")
        llama_sampler_free(sampler)
        self._checked.add(text)

    def _close(self) -> None:
        if self._llama is not None:
            self._llama.close()
            self._llama = None


def _trained_context(looked_at: Llama) -> int:
    """The context the model was made for, 0 where its file does not say; only the file's head was read."""
    found = [v for k, v in looked_at.metadata.items() if k.endswith(".context_length") and str(v).isdigit()]
    looked_at.close()
    return int(found[0]) if found else 0
