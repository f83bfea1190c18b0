"""Turns a decoded answer into an opinion: everything cleaned, in range, quoted from the mail, or left to the built-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from glassdome.core import limits
from glassdome.core.errors import OutputInvalid
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.language import LANGUAGES, language_of
from glassdome.engine.llm.clean import clean_phrase, clean_tag
from glassdome.engine.llm.decode import number, strings
from glassdome.engine.llm.foreign import foreign_references
from glassdome.engine.llm.obedient import obeys, repeats_prompt
from glassdome.engine.llm.quotes import Quoted
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.engine.prompt.privacy import sensitive_values, veil
from glassdome.values.message import Message
from glassdome.values.opinion import ActionItem, Opinion, Reason
from glassdome.values.signal import SensitiveFinding

__all__ = ["Reading", "other_language", "read_answer"]

#: The signal under which a model's reason is known; verdict weighs and caps it.
_SIGNAL: Final = "llm"
#: A shorter summary says nothing, and its language is unknown.
_SHORTEST_SUMMARY: Final = 12
_TELLABLE_CHARS: Final = 60
_TAG_CHARS: Final = 24
_SILENT: Final = 0.5
_DUE_CHARS: Final = 40
#: Languages that are written alike and taken for each other.
_ALIKE: Final = (frozenset({"no", "nb", "nn", "da", "sv"}), frozenset({"hr", "sr", "sl"}), frozenset({"cs", "sk"}),
                 frozenset({"es", "gl", "ca", "pt"}), frozenset({"id", "ms"}))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The facts to check an answer against: the mail, its sensitive spans, the built-in opinion, the prompt sent."""

    message: Message
    sensitive: Sequence[SensitiveFinding]
    builtin: Opinion
    system: str
    boundary: str
    summary_language: str = ""
    values: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the sensitive values once."""
        object.__setattr__(self, "values", sensitive_values(self.message, self.sensitive))

    def phrase(self, text: str, chars: int) -> str:
        """Return a model's words, safe to store: cleaned, and no sensitive value in the open."""
        return clean_phrase(veil(clean_phrase(text, 4 * chars), self.values), chars)

    def may_be_shown(self, text: str) -> bool:
        """Return whether a model's words name nothing that the mail did not give, and obey no order in it.

        Words joined by hyphens, as in a tag, are read as words too.
        """
        apart = text.replace("-", " ").replace("_", " ")
        return not (obeys(text) or foreign_references(text, self.message) or foreign_references(apart, self.message))


def read_answer(answer: Mapping[str, Any], reading: Reading) -> Opinion:
    """Return the opinion of a decoded answer; raises OutputInvalid where the answer repeats its prompt.

    A summary in the wrong language, too short, or with links or numbers that are not in the mail gives way to the
    built-in's, as do missing categories and an unknown language. Reasons and items without a true quotation go.
    """
    _refuse_echo(answer, reading)
    quoted = Quoted(reading.message, reading.sensitive)
    language = _language(answer["language"], reading)
    shapes = READING_SCHEMA["properties"]
    tags = (clean_tag(t, _TAG_CHARS) for t in strings(answer["tags"], shapes["tags"]) if reading.may_be_shown(t))
    return Opinion(
        engine="",
        summary=_summary(answer["summary"], language, reading),
        categories=tuple(strings(answer["categories"], shapes["categories"])) or reading.builtin.categories,
        tags=tuple(dict.fromkeys(t for t in tags if t))[: limits.MAX_TAGS],
        phishing=_probability(answer["phishing"]),
        spam=_probability(answer["spam"]),
        phishing_reasons=_reasons(answer["phishing_reasons"], quoted, reading),
        priority_score=round(number(answer["priority"], least=1, most=10) or reading.builtin.priority_score),
        sensitive_types=tuple(strings(answer["sensitive_types"], shapes["sensitive_types"])),
        action_items=_items(answer["action_items"], quoted, reading),
        language=language,
    )


def _refuse_echo(answer: Mapping[str, Any], reading: Reading) -> None:
    words = [answer["summary"], *(r["why"] for r in answer["phishing_reasons"])]
    if repeats_prompt(" \n ".join(words), system=reading.system, boundary=reading.boundary):
        raise OutputInvalid("it repeated its instructions")


def _probability(percent: float) -> float:
    """Return a probability; one half, which says nothing, for a number that is none."""
    found = number(percent, least=0, most=100)
    return _SILENT if found is None else found / 100


def _language(claimed: str, reading: Reading) -> str:
    tag = clean_phrase(claimed, 8).lower().partition("-")[0]
    return tag if tag in LANGUAGES and not reading.builtin.language else reading.builtin.language


def _summary(text: str, language: str, reading: Reading) -> str:
    summary = reading.phrase(text, limits.MAX_SUMMARY_CHARS)
    wanted = reading.summary_language.partition("-")[0].lower() or language
    if len(summary) < _SHORTEST_SUMMARY or not reading.may_be_shown(summary) or other_language(summary, wanted):
        return reading.builtin.summary
    return summary


def other_language(summary: str, wanted: str) -> bool:
    """Return whether a text that is long enough to tell is in another language than wanted, and in none alike."""
    if not wanted or len(summary) < _TELLABLE_CHARS:
        return False
    found = language_of(summary)
    return bool(found) and found != wanted and not any({found, wanted} <= group for group in _ALIKE)


def _reasons(found: Sequence[Mapping[str, str]], quoted: Quoted, reading: Reading) -> tuple[Reason, ...]:
    kept: dict[str, Reason] = {}
    for item in found[: limits.MAX_REASONS]:
        why, evidence = reading.phrase(item["why"], limits.MAX_PHRASE_CHARS), quoted.find(item["quote"])
        if why and evidence is not None and reading.may_be_shown(why):
            kept.setdefault(why, Reason(signal=_SIGNAL, why=why, evidence=(evidence,)))
    return tuple(kept.values())


def _items(found: Sequence[Mapping[str, str]], quoted: Quoted, reading: Reading) -> tuple[ActionItem, ...]:
    kept: dict[str, ActionItem] = {}
    for item in found[: limits.MAX_ACTION_ITEMS]:
        text, evidence = reading.phrase(item["text"], limits.MAX_PHRASE_CHARS), quoted.find(item["quote"])
        if text and evidence is not None and reading.may_be_shown(text):
            due = reading.phrase(item["due"], _DUE_CHARS)
            # A date is only worth something if the mail says it.
            due = due if due and quoted.find(due) is not None else ""
            day = _due_at(due or item["quote"], reading)
            kept.setdefault(text, ActionItem(text=text, evidence=evidence, due=due, due_at=day))
    return tuple(kept.values())


def _due_at(words: str, reading: Reading) -> str | None:
    """Return the day that the words mean, told by our own calendar: models count days badly."""
    if reading.message.date is None:
        return None
    deadline = deadline_of(words, reading.builtin.language, reading.message.date)
    return deadline.day.isoformat() if deadline is not None and not deadline.lasts else None
