"""Every pattern of the package takes time linear in its text, whatever the text: mail is written by attackers."""

from __future__ import annotations

import base64
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.unit.patterns.adversary import families, may_be_long

HERE = Path(__file__).parent
#: Characters of the texts, each four times as long as the one before.
SIZES = (1_000, 4_000, 16_000)
#: Seconds of CPU time below which nothing counts, and how much more a text of four times the length may take.
FLOOR, MOST_GROWTH = 0.0001, 8.0
#: Tests that share the patterns: each ends in a minute, and several processes share them.
PARTS = 8
#: Times that a growth is measured again before it is believed.
_DOUBTS = 4
#: Seconds of CPU time for all texts of one kind; a linear pattern needs a hundredth.
LONGEST = 5.0
#: Read nothing foreign: the owner's own files, the labelled mail of a measurement, a fake server's memory.
OWN = ("glassdome.deploy.", "glassdome_lab.training.", "glassdome_lab.evaluation.")

Run = Callable[[re.Pattern[Any], Any], object]


def _everywhere(pattern: re.Pattern[Any], text: Any) -> None:
    for _ in pattern.finditer(text):
        pass


def _runs(methods: frozenset[str]) -> list[Run]:
    anchored: dict[str, Run] = {"match": re.Pattern.match, "fullmatch": re.Pattern.fullmatch}
    return [anchored[name] for name in methods] if methods and methods <= anchored.keys() else [_everywhere]


def _seconds(run: Run, pattern: re.Pattern[Any], text: Any, repeats: int = 1) -> float:
    """Return the least CPU time of this thread: other programs do not count."""
    least = float("inf")
    for _ in range(repeats):
        start = time.thread_time()
        run(pattern, text)
        least = min(least, time.thread_time() - start)
    return max(least, 1e-6)


def growth(pattern: re.Pattern[Any], methods: frozenset[str] = frozenset()) -> tuple[float, str]:
    """Return by how much a text of four times the length takes longer, and how that text begins; 0 if at most in proportion."""
    if not may_be_long(pattern):
        return 0.0, ""
    for run in _runs(methods):
        for family in families(pattern, SIZES):
            try:
                with _cpu_limit(LONGEST):
                    factor = _growth(run, pattern, family)
            except TimeoutError:
                factor = float("inf")
            if factor:
                return factor, str(family[0][:30])
    return 0.0, ""


@contextmanager
def _cpu_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when this process has computed for so long: an exponential pattern never ends by itself."""

    def over(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _growth(run: Run, pattern: re.Pattern[Any], family: tuple[Any, ...]) -> float:
    """Return the growth from the second text to the third: what a bounded repeat costs has ended growing there."""
    short, middle, long = family
    before, now = _seconds(run, pattern, short), _seconds(run, pattern, middle)
    if now < FLOOR or now < MOST_GROWTH / 2 * before:
        return 0.0
    # Measured again before anything is said: a cache may have been cold, and a busy machine slows one text and not the other.
    factor = _seconds(run, pattern, long) / _seconds(run, pattern, middle, 3)
    for repeats in range(2, 2 + _DOUBTS):
        if factor <= MOST_GROWTH:
            return 0.0
        factor = min(factor, _seconds(run, pattern, long, 2) / _seconds(run, pattern, middle, 2 * repeats))
    return factor if factor > MOST_GROWTH else 0.0


def compiled_patterns() -> dict[tuple[Any, int], tuple[str, frozenset[str]]]:
    """Return every pattern of the package with its place and the methods called on it."""
    done = subprocess.run([sys.executable, str(HERE / "compiled.py")], capture_output=True, check=True)
    found: dict[tuple[Any, int], tuple[str, frozenset[str]]] = pickle.loads(base64.b64decode(done.stdout))
    return found


def test_every_pattern_of_the_package_is_found() -> None:
    """The parts below have something to look at."""
    assert len(_foreign()) > 200


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_pattern_is_linear(part: int) -> None:
    """No text derived from a pattern makes it take more than its share when it gets longer."""
    wrong = []
    for place, text, flags, methods in _foreign()[part::PARTS]:
        factor, worst = growth(re.compile(text, flags), methods)
        if factor:
            wrong.append(f"{place} {text!r}: {factor:.0f} times for 4 times the length of {worst!r}")

    assert wrong == []


@cache
def _foreign() -> tuple[tuple[str, Any, int, frozenset[str]], ...]:
    """Return place, text, flags and methods of each pattern that meets foreign text, in the order of places."""
    found = ((place, text, flags, methods) for (text, flags), (place, methods) in compiled_patterns().items())
    return tuple(sorted((one for one in found if not one[0].startswith(OWN)), key=lambda one: one[0]))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s+$",
        r"<(think|thinking)>.*?</\1>",
        r"\b[\w-]*password=",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"\d\d*(?:[.,]\d+)?\s?%",
        r"^\s*(a|b)\s*:",
        rb"[!-9;-~]+[ \t]*:",
        r"(?:<!--.{0,500}?-->\s*)*<html",
    ],
)
def test_quadratic_patterns_are_found(pattern: str | bytes) -> None:
    """The check itself finds patterns that are known to be quadratic."""
    assert growth(re.compile(pattern, re.DOTALL | re.MULTILINE))[0] > MOST_GROWTH


@pytest.mark.parametrize("pattern", [r"\s+", r"[\w-]{1,64}@\S+", r"<[^<>]*>", r"(?<!\d)\d+(?:,\d+)*"])
def test_linear_patterns_pass(pattern: str) -> None:
    """Patterns that are linear are not called quadratic."""
    assert growth(re.compile(pattern))[0] == 0.0
