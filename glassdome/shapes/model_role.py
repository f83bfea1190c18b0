"""The role of the language model as a JSON object."""

from __future__ import annotations

from typing import Any

from glassdome.shapes.instants import rfc3339
from glassdome.values.role import ModelTest, RoleState

__all__ = ["fields_shape", "role_shape"]


def role_shape(state: RoleState) -> dict[str, Any]:
    """Return how far a model's test is, and what it found."""
    done = state.test
    return {
        "state": "tested" if done else "testing" if state.mails else "untested",
        "answered": done.mails if done else state.answered,
        "mails": state.mails,
        "tested_at": rfc3339(done.tested_at) if done else None,
        "fields": fields_shape(done) if done else [],
    }


def fields_shape(test: ModelTest) -> list[dict[str, Any]]:
    """Return each field's measures, rounded."""
    return [
        {
            "field": one.field,
            "builtin": round(one.builtin, 3),
            "model": round(one.model, 3),
            "earned": one.earned,
            "why": one.why,
        }
        for one in test.fields
    ]
