"""Structured logs that cannot leak: every event passes a redactor before any handler sees it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog
from pydantic import SecretStr

from glassdome.core.log_outage import LogFile, Outage
from glassdome.core.log_throttle import THROTTLED, Throttle

__all__ = ["configure", "get_logger", "redact", "set_level"]

#: Keys whose value is never written, whatever it is.
SECRET_KEY = re.compile(r"pass(word|wd)?$|_pw$|^pw$|secret|token|api[-_]?key|authorization|cookie|credential", re.I)
#: The same inside a sentence: `password=...`, `X-API-Key: ...`, `user:pw@host`.
SECRET_TEXT = re.compile(
    r"(?P<name>(?:password|passwd|secret|token|api[-_]?key|authorization)['\"]?\s*[=:]\s*['\"]?(?:bearer |basic )?)"
    r"(?P<value>[^\s'\",;&]+)",
    re.I,
)
URL_USERINFO = re.compile(r"(?<=://)(?P<user>[^/\s:@]*):[^/\s]+(?=@)")
HIDDEN = "[redacted]"

#: Libraries that log each request.
_CHATTY = ("httpx", "httpcore", "aiosqlite", "asyncmy", "openai", "mail.log", "alembic", "uvicorn", "mcp")
_ROTATE_BYTES = 10 * 1024 * 1024
_ROTATE_FILES = 5


def redact(value: Any) -> Any:
    """Return `value` with every secret replaced, to any depth."""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, str):
        text = SECRET_TEXT.sub(lambda m: m["name"] + HIDDEN, value)
        return URL_USERINFO.sub(lambda m: m["user"] + ":" + HIDDEN, text)
    if isinstance(value, Mapping):
        return {k: HIDDEN if SECRET_KEY.search(str(k)) and v else redact(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {k: HIDDEN if SECRET_KEY.search(k) and v else redact(v) for k, v in event.items()}


def configure(
    *, level: str = "INFO", as_json: bool = False, file: Path | None = None, stream: TextIO | None = None
) -> None:
    """Send all logs, ours and the libraries', through one redacting chain to `stream`, by default stderr, and `file`.

    `file` rotates at 10 MiB and keeps five old ones. A file that cannot be opened is said once on stderr
    and does not stop the program: a full disk must not stop mail from being judged.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, Outage(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    json = structlog.processors.JSONRenderer()
    stream = stream or sys.stderr
    console = json if as_json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    handlers = [_handler(logging.StreamHandler(stream), console, shared)]
    problem = ""
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            rotating = LogFile(file, maxBytes=_ROTATE_BYTES, backupCount=_ROTATE_FILES)
            handlers.append(_handler(rotating, json, shared))
        except OSError as exc:
            problem = str(exc)
    root = logging.getLogger()
    for old in root.handlers:
        old.close()
    root.handlers[:] = handlers
    for name in THROTTLED:
        logging.getLogger(name).filters[:] = [Throttle()]
    set_level(level)
    if problem:
        get_logger(__name__).warning("log_file_unusable", problem=problem)


def set_level(level: str) -> None:
    """Log from this level on; raises ValueError for a name that is none."""
    root = logging.getLogger()
    root.setLevel(level)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _handler(
    handler: logging.Handler, renderer: structlog.typing.Processor, shared: list[structlog.typing.Processor]
) -> logging.Handler:
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redact_event, renderer],
        )
    )
    return handler


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; call it with an event name and facts, never with an assembled sentence."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
