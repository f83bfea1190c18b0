"""The child process that holds a model of llama.cpp: it answers one request after the other, until its parent hangs up.

A crash in llama.cpp ends this process and nothing else. Requests and answers are lines of JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from glassdome.core.errors import (
    ConfigError,
    EngineError,
    GlassdomeError,
    ModelMissing,
    ModelUnavailable,
    OutputInvalid,
    PromptTooLarge,
)
from glassdome.core.extras import install_extra

if TYPE_CHECKING:
    from llama_cpp import Llama
    from llama_cpp.llama_grammar import LlamaGrammar

__all__ = ["main"]

_SEED: Final = 7
#: prctl(2): the signal that comes when the parent ends.
_PR_SET_PDEATHSIG: Final = 1


class _Model:
    """The model of one GGUF file."""

    def __init__(self, path: Path, *, num_ctx: int, threads: int | None, temperature: float) -> None:
        self._path, self._num_ctx, self._threads, self._temperature = path, num_ctx, threads, temperature
        self._llama: Llama | None = None
        self._checked: set[str] = set()

    def facts(self) -> dict[str, Any]:
        """Load the model and return its context."""
        return {"context_tokens": self._open().n_ctx()}

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

    def complete(self, prompt: dict[str, Any]) -> dict[str, Any]:
        """Return the answer, held to the schema by a grammar."""
        from llama_cpp.llama_grammar import LlamaGrammar

        llama = self._open()
        grammar = LlamaGrammar.from_json_schema(json.dumps(prompt["schema"]), verbose=False)
        self._check(llama, grammar)
        start = time.monotonic()
        try:
            answer: Any = llama.create_chat_completion(
                messages=[{"role": "system", "content": prompt["system"]}, {"role": "user", "content": prompt["user"]}],
                grammar=grammar,
                max_tokens=prompt["max_tokens"],
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
        return {
            "text": text,
            "finish": "length" if answer["choices"][0]["finish_reason"] == "length" else "stop",
            "tokens_in": answer["usage"]["prompt_tokens"],
            "tokens_out": answer["usage"]["completion_tokens"],
            "seconds": time.monotonic() - start,
        }

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


def _trained_context(looked_at: Llama) -> int:
    """The context the model was made for, 0 where its file does not say; only the file's head was read."""
    found = [v for k, v in looked_at.metadata.items() if k.endswith(".context_length") and str(v).isdigit()]
    looked_at.close()
    return int(found[0]) if found else 0


def main(parent: int, settings: str) -> None:
    """Answer the requests of the process `parent`; `settings` is a JSON object with the arguments of the model."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, _only_answers()
    told = json.loads(settings)
    model = _Model(Path(told.pop("path")), **told)
    for line in requests:
        answers.write(json.dumps(_answer(model, json.loads(line))).encode() + b"\n")
        answers.flush()


def _only_answers() -> IO[bytes]:
    """Return the pipe for answers; libraries that print write to nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _answer(model: _Model, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return model.facts() if request["do"] == "facts" else model.complete(request)
    except GlassdomeError as exc:
        return {
            "error": type(exc).__name__,
            "message": exc.message,
            "fix": exc.fix,
            "reason": str(exc.facts.get("reason", "")),
        }
    except MemoryError:
        return {"error": "ModelUnavailable", "message": "llama.cpp ran out of memory.", "fix": "", "reason": ""}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
