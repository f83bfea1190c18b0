"""Ollama's errors in our words: the only translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Final

import httpx
from ollama import ResponseError
from pydantic import ValidationError

from glassdome.core import limits
from glassdome.core.errors import EngineError, ModelMissing, ModelUnavailable, PromptTooLarge
from glassdome.integrations.model_tls import certificate_wanted, model_tls_problem, wants_certificate

__all__ = ["RunnerFailed", "missing", "translated"]

_TOO_LONG = re.compile(r"exceeds? the (?:available )?context|input length exceeds|context length", re.IGNORECASE)
_NOT_FOUND = re.compile(r"not found|does not exist|try pulling it first", re.IGNORECASE)
_CLOUD_STATUS: Final = 403


class RunnerFailed(ModelUnavailable):
    """The model server failed while it answered."""


def missing(model: str) -> ModelMissing:
    """Return the error that tells the two ways to get the model."""
    return ModelMissing(
        f"The Ollama server has no model {model!r}.",
        fix=f"Run: glassdome models pull {model} (or on that server: ollama pull {model}).",
    )


@contextmanager
def translated(url: str, model: str) -> Iterator[None]:
    """Raise our errors for whatever the client raises; `url` is where it was sent."""
    try:
        yield
    except ResponseError as exc:
        raise _refused(exc, url, model) from exc
    except (httpx.ConnectError, ConnectionError) as exc:
        if told := model_tls_problem(url, exc):
            raise ModelUnavailable(told[0], fix=told[1]) from exc
        raise ModelUnavailable(f"No Ollama server answers at {url}.", fix="Is it running there?") from exc
    except (TimeoutError, httpx.TimeoutException) as exc:
        raise ModelUnavailable(f"The Ollama server at {url} did not answer in time.") from exc
    except httpx.HTTPError as exc:
        if told := model_tls_problem(url, exc):
            raise ModelUnavailable(told[0], fix=told[1]) from exc
        raise RunnerFailed(f"The connection to the Ollama server at {url} broke.") from exc
    except (JSONDecodeError, ValidationError, UnicodeDecodeError, AttributeError, TypeError) as exc:
        # An answer that is not JSON, or JSON of another shape, is not Ollama's: the client fails in one of these ways.
        raise RunnerFailed(f"What answers at {url} is not Ollama.", fix="Check OLLAMA_HOST.") from exc


def _refused(exc: ResponseError, url: str, model: str) -> EngineError:
    words = " ".join(str(exc.error).split())[: limits.MAX_PEER_WORDS_CHARS]
    if exc.status_code == 404 or (exc.status_code < 0 and _NOT_FOUND.search(words)):
        return missing(model)
    if _TOO_LONG.search(words):
        return PromptTooLarge(f"Ollama says: {words}")
    if exc.status_code == 503:
        return ModelUnavailable(f"The Ollama server at {url} is busy.", said=words)
    if exc.status_code == 400 and wants_certificate(words):
        return certificate_wanted(url)
    if exc.status_code in (400, _CLOUD_STATUS):
        return EngineError(f"The Ollama server at {url} refused: {words}")
    return RunnerFailed(f"The Ollama server at {url} failed: {words}")
