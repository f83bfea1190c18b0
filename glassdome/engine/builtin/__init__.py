"""The built-in engine: a small trained classifier and a lexicon, no language model."""

from glassdome.engine.builtin.engine import BuiltinEngine

__all__ = ["BuiltinEngine"]
