"""Prompts for language models: prompt versions, the privacy budget and the cut to the model's context."""

from glassdome.engine.prompt.build import BuiltPrompt, PromptBudget, build_prompt
from glassdome.engine.prompt.version import PromptVersion, load_version

__all__ = ["BuiltPrompt", "PromptBudget", "PromptVersion", "build_prompt", "load_version"]
