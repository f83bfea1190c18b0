"""Fixtures of the tests of threads."""

from __future__ import annotations

import pytest

from glassdome.threads import learned


@pytest.fixture
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read threads by the rules alone: a test of one rule does not hang on the weights of a model."""
    monkeypatch.setattr(learned, "_LANGUAGES", ())
