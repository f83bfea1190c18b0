"""The built-in engine with the owner's own text model."""

from __future__ import annotations

from glassdome.core.config import Settings
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.classifier import read_classifier

__all__ = ["builtin_engine"]


def builtin_engine(settings: Settings) -> BuiltinEngine | None:
    """Return the built-in engine with the owner's own classifier, None for the shipped one; raises ConfigError."""
    if settings.text_model is None:
        return None
    return BuiltinEngine(read_classifier(settings.text_model))
