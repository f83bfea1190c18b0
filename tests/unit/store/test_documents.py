"""Stored JSON texts: what was written once is answered for years."""

from __future__ import annotations

from hashlib import sha256

from glassdome.values.as_json import SHAPE, analysis_json
from tests.samples import an_analysis


def test_a_changed_shape_has_a_new_number() -> None:
    """Fails if `analysis_shape` writes something else than before: raise SHAPE, then put both numbers here."""
    assert (SHAPE, sha256(analysis_json(an_analysis()).encode()).hexdigest()[:16]) == (5, "a02de7fcb4459dee")
