"""Errors of OpenAI-compatible servers in our words: the only translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import openai
from pydantic import ValidationError

from glassdome.core import limits
from glassdome.core.errors import EngineError, ModelMissing, ModelUnavailable, PromptTooLarge
from glassdome.integrations.model_tls import certificate_wanted, model_tls_problem, wants_certificate

__all__ = ["FormatUnknown", "ServerBusy", "StreamUnknown", "ThinkingUnknown", "translated"]

_TOO_LONG = re.compile(r"context[ _](?:length|size|window)|exceed_context|too many tokens|maximum context", re.I)
_FORMAT = re.compile(r"response_format|json_schema|json_object|guided|structured|grammar|peg-native", re.I)
_NO_MODEL = re.compile(r"model", re.I)
_STREAM = re.compile(r"\bstream", re.I)
_THINKING = re.compile(r"chat_template|enable_thinking", re.I)
_BUSY: Final = (429, 503)


class ServerBusy(ModelUnavailable):
    """The model server has no room now."""


class StreamUnknown(EngineError):
    """The model server does not stream, or does not know an option of it."""


class ThinkingUnknown(EngineError):
    """The model server does not know how thinking is switched off."""


class FormatUnknown(EngineError):
    """The model server does not know this response format."""


@contextmanager
def translated(url: str, model: str) -> Iterator[None]:
    """Raise our errors for whatever the client raises."""
    try:
        yield
    except openai.APITimeoutError as exc:
        raise ModelUnavailable(f"The model server at {url} did not answer in time.") from exc
    except TimeoutError as exc:
        raise ModelUnavailable(f"The model server at {url} did not answer in time.") from exc
    except openai.APIStatusError as exc:
        raise _refused(exc, url, model) from exc
    except openai.APIConnectionError as exc:
        if told := model_tls_problem(url, exc):
            raise ModelUnavailable(told[0], fix=told[1]) from exc
        raise ModelUnavailable(f"No model server answers at {url}.", fix="Is it running there?") from exc
    except openai.APIResponseValidationError as exc:
        raise _no_server(url) from exc
    except openai.APIError as exc:
        # An error inside a stream, whose status was 200.
        raise ModelUnavailable(f"The model server at {url} failed: {_said(exc.body or exc.message)}") from exc
    except (openai.OpenAIError, ValidationError, ValueError, AttributeError, TypeError) as exc:
        raise _no_server(url) from exc


def _no_server(url: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"What answers at {url} is no OpenAI-compatible server.", fix="The URL usually ends in /v1."
    )


def _words(exc: openai.APIStatusError) -> str:
    body = exc.body
    # OpenAI's shape is unwrapped by the client; vLLM's older one is flat; others answer text.
    said = body.get("message") if isinstance(body, dict) else body
    return _said(said or exc.message)


def _said(words: object) -> str:
    words = words.get("message", words) if isinstance(words, dict) else words
    return " ".join(str(words).split())[: limits.MAX_PEER_WORDS_CHARS]


def _refused(exc: openai.APIStatusError, url: str, model: str) -> EngineError:
    words, status = _words(exc), exc.status_code
    if status == 400 and wants_certificate(words):
        return certificate_wanted(url)
    if status in _BUSY:
        return ServerBusy(f"The model server at {url} is busy: {words}")
    if status in (401, 403):
        return EngineError(f"The model server at {url} wants a key: {words}", fix="Set GLASSDOME_OPENAI_KEY.")
    if status == 404 and _NO_MODEL.search(words):
        return ModelMissing(f"The server at {url} has no model {model!r}.", fix="Set GLASSDOME_MODEL to one it serves.")
    if status in (400, 413, 422) and _TOO_LONG.search(words):
        return PromptTooLarge(f"The model server says: {words}")
    if status in (400, 422) and _THINKING.search(words):
        return ThinkingUnknown(f"The model server says: {words}")
    if status in (400, 422) and _STREAM.search(words):
        return StreamUnknown(f"The model server says: {words}")
    if _FORMAT.search(words):
        return FormatUnknown(f"The model server says: {words}")
    if status >= 500:
        return ModelUnavailable(f"The model server at {url} failed: {words}")
    return EngineError(f"The model server at {url} refused: {words}")
