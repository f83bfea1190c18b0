"""Fences the detector of a plugin: it reports its own signals within our bounds, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final

from glassdome.core.errors import Broken, ConfigError
from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.signals.finding import MAX_EVIDENCE, Detector, evidence
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["fenced"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: Signals read from one run: a detector that never stops yielding must not fill the memory.
_MAX_YIELDED: Final = 1000


def fenced(name: str, loaded: object) -> Detector:
    """Return the detector of the plugin `name`; raises ConfigError when it is none, or claims signals of others.

    Every signal of a plugin begins with the plugin's name, so that none passes for one of ours or of another plugin.
    """
    if not isinstance(loaded, Detector) or not loaded.signals:
        raise ConfigError(f"The plugin {name} is not a Detector with signals.")
    if strange := [signal for signal in loaded.signals if not _is_own(signal, name)]:
        raise ConfigError(f"The plugin {name} names its signal {strange[0]!r}.", fix=f"Begin it with {name}_.")
    return Detector(name=name, signals=dict(loaded.signals), run=partial(_run, frozenset(loaded.signals), loaded.run))


def _is_own(signal: str, plugin: str) -> bool:
    return bool(_NAME.fullmatch(signal)) and signal.startswith(f"{plugin}_")


def _run(
    names: frozenset[str], run: Callable[[Message, Context], Iterable[Signal]], message: Message, context: Context
) -> Iterator[Signal]:
    try:
        for signal in islice(run(message, context), _MAX_YIELDED):
            if signal.name in names:
                yield _bounded(signal)
    except SystemExit as exc:
        raise Broken("A plugin ended the program.") from exc


def _bounded(signal: Signal) -> Signal:
    return replace(
        signal,
        detail=signal.detail[:MAX_PHRASE_CHARS],
        strength=min(1.0, max(0.0, signal.strength)),
        evidence=tuple(evidence(item.where, item.quote) for item in signal.evidence[:MAX_EVIDENCE]),
    )
