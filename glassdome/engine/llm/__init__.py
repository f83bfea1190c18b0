"""The engine made of a language model: one call per message, its answer checked before anyone sees it."""

from glassdome.engine.llm.engine import LlmEngine
from glassdome.engine.llm.passes import in_two_passes

__all__ = ["LlmEngine", "in_two_passes"]
