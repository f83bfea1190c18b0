"""The engine made of a language model: one call per message, its answer checked before anyone sees it."""

from glassdome.engine.llm.engine import LlmEngine

__all__ = ["LlmEngine"]
