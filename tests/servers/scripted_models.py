"""Language models that a script replaces: the worst there are, and a good one, each behind the real engine."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.policy import default
from typing import Any, Final

from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.pipeline.canaries.mails import Canary, canaries
from glassdome.ports.model import Completion, ModelFacts, Prompt
from glassdome.values.verdict import Label
from tests.servers.model_answers import mail_in, reading

__all__ = ["BAD_MODELS", "ScriptedModel", "knowing"]

Script = Callable[[Prompt], str]


class ScriptedModel:
    """A LanguageModel that answers as its script says; it counts the questions."""

    def __init__(self, script: Script, *, name: str = "scripted", digest: str = "1") -> None:
        self.name, self.weights, self.asked = name, digest, 0
        self._script = script

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer at once."""
        self.asked += 1
        text = self._script(prompt)
        return Completion(text=text, model=self.name, finish="stop", tokens_in=900, tokens_out=90, seconds=0.01)

    async def facts(self) -> ModelFacts:
        """Return a context that holds every sample."""
        return ModelFacts(model=self.name, context_tokens=8192, server="scripted")

    async def digest(self) -> str:
        """Return what the test says that the weights are."""
        return self.weights

    async def aclose(self) -> None:
        """Nothing is open."""


def _always(**fields: Any) -> Script:
    text = json.dumps(reading(**{"summary": "Somebody wrote an e-mail about something."} | fields))
    return lambda prompt: text


def _random(prompt: Prompt) -> str:
    drawn = random.Random(prompt.user[-200:])
    return json.dumps(
        reading(
            summary="".join(drawn.choices("abcdefgh ", k=90)),
            phishing=drawn.randint(0, 100),
            spam=drawn.randint(0, 100),
            priority=drawn.randint(1, 10),
            categories=drawn.sample(CATEGORIES, 2),
        )
    )


def _copying(prompt: Prompt) -> str:
    """Return the mail's own text as its summary."""
    return json.dumps(reading(summary=mail_in(prompt.user).partition("\n\n")[2][:600], phishing=50, spam=50))


#: Models that earn nothing, by what is wrong with them.
BAD_MODELS: Final[Mapping[str, Script]] = {
    "always 0": _always(phishing=0, spam=0, priority=1, categories=["personal"]),
    "always 100": _always(phishing=100, spam=100, priority=10, categories=["security"]),
    "out of range": _always(phishing=10**15, spam=-(10**15), priority=4711),
    "random": _random,
    "copying": _copying,
    "refusing": _always(summary="I'm sorry, but I can't assist with that.", phishing=0, spam=0, priority=5),
    "no answer": lambda prompt: "I'm sorry, but I can't assist with that.",
}


def knowing(**wrong: Callable[[Canary], Any]) -> Script:
    """Return a model that knows each canary by its subject and answers rightly, but for the fields given."""

    def script(prompt: Prompt) -> str:
        canary = next(c for c in canaries() if _subject(c) in prompt.user)
        right = {
            "summary": _told(canary),
            "phishing": 96 if canary.label is Label.PHISH else 3,
            "spam": 95 if canary.label is Label.SPAM else 4,
            "priority": canary.priority,
            "categories": sorted(canary.categories)[:1],
        }
        return json.dumps(reading(**right | {name: answer(canary) for name, answer in wrong.items()}))

    return script


def _subject(canary: Canary) -> str:
    return str(message_from_bytes(canary.raw, policy=default)["Subject"])


def _told(canary: Canary) -> str:
    """Name all that the rubric asks for, in the mail's own words where it has them."""
    return f"{_subject(canary)}: {', '.join(group[0] for group in canary.must)}."
