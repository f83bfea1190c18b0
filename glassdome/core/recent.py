"""Keeps the latest values, bounded in bytes and in time. Any thread may use it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Final, Generic, TypeVar

__all__ = ["Recent"]

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by their keys; the oldest go first."""

    def __init__(self, *, most_bytes: int, seconds: float, time: Callable[[], float] = monotonic) -> None:
        """Keep a value for so many seconds, and at most `most_bytes` of all, as `put` counts them."""
        self._most, self._seconds, self._time = most_bytes, seconds, time
        self._kept: OrderedDict[Hashable, tuple[float, int, V]] = OrderedDict()
        self._bytes = 0
        self._lock: Final = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """Return the value of a key while it is kept."""
        with self._lock:
            self._shorten(0)
            found = self._kept.get(key)
        return found[2] if found is not None else None

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Keep a value for a while; one that is larger than all may be is not kept."""
        with self._lock:
            if key in self._kept or size > self._most:
                return
            self._shorten(size)
            self._kept[key] = (self._time(), size, value)
            self._bytes += size

    def _shorten(self, coming: int) -> None:
        oldest = self._time() - self._seconds
        while self._kept and (self._bytes + coming > self._most or next(iter(self._kept.values()))[0] < oldest):
            self._bytes -= self._kept.popitem(last=False)[1][1]
