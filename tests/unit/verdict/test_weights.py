"""The weights file: complete, valid, refused when it is not."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from glassdome.core.errors import ConfigError
from glassdome.signals.table import signal_meanings
from glassdome.verdict import load_weights

SHIPPED = (files("glassdome.verdict") / "weights.toml").read_text(encoding="utf-8")


def test_every_signal_has_a_weight_and_every_weight_a_signal() -> None:
    """The table of detectors and the weights name the same signals."""
    assert set(load_weights().signals) == set(signal_meanings())


def test_injection_is_worth_nothing_by_itself() -> None:
    """A mail about prompt injection is not punished for it."""
    weights = load_weights()
    group = [w for w in weights.signals.values() if w.group == "injection"]
    assert group
    assert {(w.phishing, w.spam) for w in group} == {(0.0, 0.0)}


def test_good_signs_weigh_less_than_hard_evidence() -> None:
    """No group of good signs outweighs the ceiling of a group that has hard evidence."""
    weights = load_weights()
    best = min(group.floor for group in weights.groups.values())
    hard = {w.group for w in weights.signals.values() if w.hard}
    assert all(weights.groups[name].ceiling + best >= -1.0 for name in hard)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ceiling = 2.0", "ceiling = -2.0"),
        ('group = "content"', 'group = "nowhere"'),
        ('any_of = ["account_threat"', 'any_of = ["no_such_signal"'),
        ("[thresholds]", "[threshold]"),
        ("[thresholds]", "[thresholds"),
    ],
)
def test_broken_weights_are_refused(tmp_path: Path, old: str, new: str) -> None:
    """A typo in the file is one clear error, not a strange verdict."""
    assert old in SHIPPED
    path = tmp_path / "weights.toml"
    path.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"weights\.toml"):
        load_weights(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """So is a file that is not there."""
    with pytest.raises(ConfigError):
        load_weights(tmp_path / "none.toml")
