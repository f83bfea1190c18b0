"""Answers as models and their servers really give them: thoughts, channels, fences and words around the object."""

from __future__ import annotations

import json

import pytest

from glassdome.core.errors import OutputInvalid
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.schema import READING_SCHEMA
from tests.servers.model_answers import reading

ANSWER = json.dumps(reading())
OTHER = json.dumps(reading(phishing=99))


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{ANSWER}\n```",
        f"Here is the analysis:\n```\n{ANSWER}\n```\nAnything else?",
        f"<think>Is it {{a}}?</think>{ANSWER}",
        f"Is it {{a}} phish?</think>\n\n{ANSWER}",
        f"It holds {OTHER} perhaps.\n</think>{ANSWER}",
        f"<thinking>x</thinking>{ANSWER}",
        f"hm</THINK>{ANSWER}",
        f"<think>a</think><think>b</think>{ANSWER}",
        f"<think>{OTHER}</think>\n{ANSWER}\nI hope this helps {{really}}.",
        f"<|channel|>analysis<|message|>We need {{...}}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
        f"<|channel|>final <|constrain|>json<|message|>{ANSWER}<|return|>",
        f"{ANSWER}\n\nNote: the mail is harmless }}.",
        f"{ANSWER}\n{ANSWER}",
        f"{ANSWER} }}",
        f"\ufeff{ANSWER}",
        f"\u200b{ANSWER}",
        ANSWER.replace(", ", ",\n\t"),
        ANSWER.replace("The sender", "The\nsender"),
        ANSWER.replace(": 3", ": 3.0"),
        f"{{{ANSWER}",
        f"[THINK]no[/THINK]{ANSWER}",
        f"\u25c1think\u25b7{OTHER}\u25c1/think\u25b7{ANSWER}",
        f"<unused94>thought\n{OTHER}<unused95>{ANSWER}",
        f"<seed:think>{OTHER}</seed:think>{ANSWER}",
        f"analysis{OTHER}assistantfinal{ANSWER}",
        f"<|START_THINKING|>{OTHER}<|END_THINKING|>{ANSWER}",
        json.dumps(reading(summary="It quotes </think> as a mark of models, which is a part of the text here.")),
    ],
)
def test_the_object_is_read(text: str) -> None:
    """Whatever stands around it."""
    assert decode(text, READING_SCHEMA)["priority"] == 5


@pytest.mark.parametrize(
    "text",
    [
        f"{ANSWER}\n{OTHER}",
        "",
        "<think>only thoughts",
        "no object at all</think>",
        ANSWER[:-1] + ",}",
        json.dumps(reading(spam="3")),
        f"[{ANSWER}]",
        "{" * 60_000,
        '{"a":' * 12_000,
        "<think>" * 9_000,
        "</think>" * 8_000,
    ],
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    """Two different answers are none, and neither are broken ones; the reason is told, never a crash."""
    with pytest.raises(OutputInvalid):
        decode(text, READING_SCHEMA)
