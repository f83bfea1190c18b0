"""Texts of analyses that stores keep for years."""

from __future__ import annotations

from hashlib import sha256

from glassdome.shapes.analysis import analysis_json
from glassdome.shapes.rendering import RENDERING
from tests.samples import an_analysis


def test_a_changed_shape_has_a_new_version() -> None:
    """Fails if `analysis_shape` writes something else than before: raise the version, then put both numbers here."""
    written = sha256(analysis_json(an_analysis()).encode()).hexdigest()[:16]
    assert (RENDERING.version, written) == (8, "4759ee25ed8e3e7c")
