"""The texts that the store keeps and makes for readers; the store itself knows none of their fields."""

from __future__ import annotations

from typing import Final

from glassdome.ports.store import Rendering
from glassdome.shapes.analysis import analysis_json, corrected_json
from glassdome.shapes.job import JOB_COLUMNS

__all__ = ["RENDERING"]

#: Raise the version with each change of `analysis_shape`: stored texts of another version are then written again when read.
RENDERING: Final = Rendering(version=8, analysis=analysis_json, corrected=corrected_json, job=JOB_COLUMNS)
