"""The signs of life of one model server: requests under way, and whether the last one failed; each change is one log line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glassdome.core import log
from glassdome.core.errors import EngineError, ModelMissing, ModelTooSlow, ModelUnavailable

__all__ = ["Pulse"]

_log = log.get_logger(__name__)


class Pulse:
    """Follows every request to one server."""

    def __init__(self, url: str) -> None:
        """`url` names the server in the log."""
        self._url = url
        self._busy = 0
        self._problem = ""

    @property
    def alive(self) -> bool:
        """A request is under way and the server is not known to be away: it works, so nothing need be asked of it."""
        return self._busy > 0 and self._problem in ("", ModelTooSlow.code)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Follow one request."""
        self._busy += 1
        try:
            yield
        except (ModelUnavailable, ModelMissing) as exc:
            self.failed(exc)
            raise
        except EngineError:
            self.answered()
            raise
        else:
            self.answered()
        finally:
            self._busy -= 1

    def failed(self, exc: EngineError) -> None:
        """Learn that a request failed; only a change of the reason is logged."""
        if exc.code != self._problem:
            self._problem = exc.code
            # An error may have a fact of one of these names: `reason` is what llama.cpp said.
            known = {"url": self._url, "code": exc.code, "problem": exc.message}
            _log.warning("model_server_drained", **(exc.facts | known))

    def answered(self) -> None:
        """Learn that it answered."""
        if self._problem:
            self._problem = ""
            _log.info("model_server_back", url=self._url)
