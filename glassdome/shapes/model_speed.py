"""The speed of a language model as JSON, and as one sentence for people."""

from __future__ import annotations

from typing import Any

from glassdome.values.speed import ModelSpeed

__all__ = ["speed_sentence", "speed_shape"]


def speed_shape(speed: ModelSpeed) -> dict[str, Any]:
    """Return the JSON object."""
    return {
        "answered": speed.answered,
        "too_slow": speed.too_slow,
        "mails_per_hour": round(speed.mails_per_hour, 1),
        "waiting": speed.waiting,
        "oldest_seconds": round(speed.oldest_seconds, 1),
    }


def speed_sentence(speed: ModelSpeed) -> str:
    """Return the numbers in words."""
    found = f"{speed.mails_per_hour:.0f} mails an hour, {speed.too_slow} took too long"
    if not speed.waiting:
        return f"{found}, none waits"
    return f"{found}, {speed.waiting} wait, the oldest for {speed.oldest_seconds / 60:.0f} minutes"
