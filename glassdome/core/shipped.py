"""Shipped data files and their loaders: each reads once and keeps what it read; `load_shipped` calls them all.

A first read on the event loop would stop it, so code that judges mail there calls `load_shipped` in a thread first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final, TypeVar

__all__ = ["load_shipped", "loads_shipped", "shipped_table", "shipped_text"]

Loader = TypeVar("Loader", bound=Callable[..., object])
_LOADERS: Final[list[tuple[Callable[..., object], tuple[Any, ...]]]] = []


def loads_shipped(*calls: tuple[Any, ...]) -> Callable[[Loader], Loader]:
    """Register a cached loader; `calls` are the arguments of each call that is made early, none for one bare call."""

    def register(loader: Loader) -> Loader:
        _LOADERS.extend((loader, call) for call in calls or ((),))
        return loader

    return register


def load_shipped() -> None:
    """Call every registered loader; the second time costs nothing, since loaders are cached."""
    for loader, arguments in _LOADERS:
        loader(*arguments)


def shipped_text(path: str) -> str:
    """Read a data file by its path in the package."""
    return files("glassdome").joinpath(path).read_text(encoding="utf-8")


def shipped_table(path: str) -> dict[str, Any]:
    """Read a TOML file by its path in the package."""
    return tomllib.loads(shipped_text(path))
