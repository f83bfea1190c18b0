"""Tests of the words for ages, times and places."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glassdome.web.figures import duration
from glassdome.web.words import age, kind_of, place, span
from tests.unit.api.bench import NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (4.9, "just now"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (3600 * 5 + 10, "5 hours ago"),
        (86_400 * 2, "2 days ago"),
        (86_400 * 90, "2 months ago"),
        (-90, "in 1 minute"),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    """In the largest unit, whether the moment comes as text or not."""
    then = NOW - timedelta(seconds=seconds)

    assert age(then, NOW) == age(then.isoformat(), NOW) == words


def test_times() -> None:
    """Short ones in milliseconds, and a clock that went back is no time at all."""
    assert [duration(0.0081), duration(2.44), span(-3)] == ["8 ms", "2.4 s", "0 seconds"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("header:From", "in the field From"),
        ("link:0", "link 1"),
        ("attachment:2", "attachment 3"),
        ("text", "in the text"),
        ("hidden", "in text that readers do not see"),
        ("context", "from what this mailbox knows"),
        ("link:x", "link:x"),
        ("elsewhere", "elsewhere"),
        ("link:²", "link:²"),
        pytest.param("link:" + "1" * 5000, "link:" + "1" * 5000, id="many digits"),
    ],
)
def test_places(where: str, words: str) -> None:
    """Counted from one, as people do; what is not known stays as it is."""
    assert place(where) == words


@pytest.mark.parametrize(
    ("is_phishing", "label", "name"),
    [(True, "ham", "phishing"), (False, "phish", "phishing"), (False, "spam", "spam"), (False, "ham", "fine")],
)
def test_one_word_for_phishing_is_enough(is_phishing: bool, label: str, name: str) -> None:
    """The worse one is shown if label and flag differ."""
    assert kind_of({"is_phishing": is_phishing, "label": label}).name == name
