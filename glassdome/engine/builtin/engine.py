"""The engine that is always there: no language model, a millisecond, every function of an opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from glassdome.engine.builtin import categories, intent
from glassdome.engine.builtin.attention import AttentionFacts, attend, judged
from glassdome.engine.builtin.author import Author
from glassdome.engine.builtin.buttons import wanted_by_button
from glassdome.engine.builtin.chosen import Tasks
from glassdome.engine.builtin.classifier import Classifier, load_classifier
from glassdome.engine.builtin.dues import in_a_hurry
from glassdome.engine.builtin.features import Features, extract
from glassdome.engine.builtin.pointing import only_points
from glassdome.engine.builtin.priority import Facts, agreed, prioritize
from glassdome.engine.builtin.reading import MailRead, kinds_of, read_mail, read_text
from glassdome.engine.builtin.records import RecordFacts, record_line
from glassdome.engine.builtin.reply import suggest_reply
from glassdome.engine.builtin.rules import ruled_categories, ruled_priority
from glassdome.engine.builtin.seen import facts_seen
from glassdome.engine.builtin.strangers import is_doubtful_stranger
from glassdome.engine.builtin.summary import summarize
from glassdome.engine.builtin.tasks import load_task_model
from glassdome.engine.builtin.triage import (
    BUCKETS,
    TRAINED,
    Chances,
    Triage,
    TriageInput,
    load_triage_model,
    subject_numbers,
)
from glassdome.engine.builtin.wishes import MailWishes, attention_facts, wishes_of
from glassdome.engine.builtin.words import words_of
from glassdome.values.ask import unproven_value
from glassdome.values.context import Context
from glassdome.values.file_places import has_files, place_of, read_files
from glassdome.values.message import Message
from glassdome.values.opinion import ActionItem, Attention, Opinion
from glassdome.values.rules import Rule
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["BuiltinEngine", "read_text"]

#: Kinds of list mail whose requests are offers.
_OFFERS: Final = frozenset(("newsletter", "promotion", "social", "mailing-list"))
#: From this chance of fraud or spam on no draft is written.
_SUSPECT: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Met:
    """The categories of a mail, how it wants to be met and why, and its tasks with the days that follow from that."""

    categories: tuple[str, ...]
    attention: Attention
    why: str
    tasks: Sequence[intent.Request]


class BuiltinEngine:
    """Reads a message with the trained text classifier and the lexicon; pure but for its files, loaded once."""

    name: Final = "builtin"

    def __init__(
        self, classifier: Classifier | None = None, triage: Triage | None = None, tasks: Tasks | None = None
    ) -> None:
        """Use these models, or those that ship with the package."""
        self._classifier = classifier or load_classifier()
        self._triage: Triage = triage or load_triage_model()
        self._tasks: Tasks = tasks or load_task_model()

    def read(
        self, message: Message, *, signals: Sequence[Signal], sensitive: Sequence[SensitiveFinding], context: Context
    ) -> Opinion:
        """Return the opinion; `phishing` and `spam` are of the text alone, so that `verdict` may add the signals."""
        read = read_mail(message, context)
        spam, phishing, features = self._probabilities(read.mail, read.message)
        wishes, kinds, suspicion = wishes_of(read, self._tasks), kinds_of(read), max(spam, phishing)
        facts = attention_facts(read, wishes, kinds)
        met = self._met(read, wishes, facts, features)
        return Opinion(
            engine=self.name, model=self._classifier.name, language=read.language, language_covered=read.covered,
            phishing=phishing, spam=spam,
            summary=_record(read, facts, met) or summarize(read.sentences, read.message.subject),
            categories=met.categories, ruled=_ruled(read.ruled), tags=wishes.tags,
            priority_score=_priority(read, wishes, kinds, met.attention, suspicion),
            sensitive_types=tuple(dict.fromkeys(finding.type for finding in sensitive)),
            action_items=_placed(read.mail, _items(read, wishes, facts, met)),
            auto_reply_suggestion=_draft(read, wishes, facts, suspicion),
            attention=met.attention, attention_reason=met.why,
        )  # fmt: skip

    def _met(self, read: MailRead, wishes: MailWishes, facts: AttentionFacts, features: Features) -> _Met:
        """Return how the mail is met: by the rules, and in the languages that the models learned by these."""
        attention, why = attend(facts)
        if read.language not in TRAINED or read.message.report is not None:
            return _Met(facts.categories, attention, why, wishes.tasks)
        chances = self._triage.chances(_seen(read, wishes, facts, features))
        attention, why = judged(chances.attention, facts, attention, why)
        hurried = in_a_hurry(wishes.tasks, facts.today) if attention == "now" else wishes.tasks
        return _Met(_ranked(read, facts.categories, chances), attention, why, hurried)

    def _probabilities(self, mail: Message, read: Message) -> tuple[float, float, Features]:
        """Return the probabilities of spam and phishing: of the mail's text, or of the letter it brings if that says more.

        A text that only points at the letter says nothing itself.
        """
        own = read_text(mail)
        inside = read_files(mail, letters=True) if read is not mail else ""
        pointed = inside or read_files(mail) if only_points(own) else ""
        told = [pointed] if pointed else [own, inside] if inside else [own]
        features = [extract(mail.subject, text) for text in told]
        found = [self._classifier.probabilities_of(each) for each in features]
        return max(spam for _, spam, _ in found), max(phishing for _, _, phishing in found), features[0]


def _ranked(read: MailRead, kinds: tuple[str, ...], chances: Chances) -> tuple[str, ...]:
    """Return the categories, the likeliest first; those of the owner's rules stand."""
    if ruled_categories(read.ruled):
        return kinds
    return categories.ranked(chances.categories, kinds, listed=bool(read.message.lists.list_post))


def _seen(read: MailRead, wishes: MailWishes, facts: AttentionFacts, features: Features) -> TriageInput:
    """Return the mail as the models of category and attention see it."""
    told = facts_seen(
        read.message, read.text, facts, read.context, reader=read.reader, subject=read.in_subject, named=read.in_text,
        items=len(wishes.tasks), requests=len(wishes.requests), relation=read.relation,
        trades=categories.trades_of(read.message),
    )  # fmt: skip
    return TriageInput(
        facts={f"rule category:{facts.categories[0]}": 1.0} | told, text=features.hashed & (BUCKETS - 1),
        subject=subject_numbers(words_of(read.message.subject)),
    )  # fmt: skip


def _priority(
    read: MailRead, wishes: MailWishes, kinds: tuple[str, ...], attention: Attention, suspicion: float
) -> int:
    """Return the priority by the owner's rules, else by ours as far as it agrees with the attention."""
    ruled, tags = ruled_priority(read.ruled), wishes.tags
    if ruled is not None:
        return ruled
    facts = Facts(
        requests=len(wishes.requests), questions=wishes.questions, due="deadline" in tags, urgent="urgent" in tags,
        machine="automatic" in tags, categories=kinds, suspicion=suspicion,
    )  # fmt: skip
    held = read.message.lists.is_list or suspicion >= _SUSPECT
    return agreed(prioritize(read.message, facts, read.context), attention, held=held)


def _draft(read: MailRead, wishes: MailWishes, facts: AttentionFacts, suspicion: float) -> str | None:
    """Return a draft of an answer, None where none is wanted: to mass mail, to invitations, to what may be a fraud."""
    wanted = _wants_draft(facts, bool(wishes.tasks)) and suspicion < _SUSPECT and not is_doubtful_stranger(read)
    return suggest_reply(
        language=read.language, name=read.message.author.name, asked=wanted and not {"bulk", "invitation"} & {*wishes.tags},
        automatic=read.by_machine or "automatic" in wishes.tags, text=read.text,
    )  # fmt: skip


def _wants_draft(facts: AttentionFacts, asked: bool) -> bool:
    """Return whether a person would want a draft: an answer is wanted, or one reader is asked for something."""
    single = asked and facts.author is Author.PERSON and not facts.to_many
    return facts.asked and (facts.replies or single)


def _record(read: MailRead, facts: AttentionFacts, met: _Met) -> str:
    """Return the line of facts that a machine's mail gives; an invitation gives one from any sender.

    The wish of an unproven author is no fact.
    """
    asks = read.context.asked.asks if read.context.asked is not None else ()
    calendar = any(item.declared_type == "text/calendar" for item in read.message.attachments)
    if (read.author is Author.PERSON and not calendar) or unproven_value(asks):
        return ""
    told = RecordFacts(
        language=read.language, categories=met.categories, named=frozenset(read.named), titled=frozenset(read.in_subject),
        written=read.written, code=facts.code, due=min(facts.days, default=None),
    )  # fmt: skip
    return record_line(read.message, read.text, told)


def _items(read: MailRead, wishes: MailWishes, facts: AttentionFacts, met: _Met) -> tuple[ActionItem, ...]:
    """Return the items that sentences ask for; where none of a machine's does, its button.

    Mass mail that is skimmed asks by its steps alone, and an offer asks for nothing.
    """
    if facts.bulk and met.categories[0] in _OFFERS:
        return ()
    bulk = facts.bulk and met.attention == "skim"
    asking = [request for request in wishes.requests if request.step] if bulk else met.tasks
    found = intent.action_items(asking, read.message.text)
    return found if found or bulk or read.author is Author.PERSON else wanted_by_button(read.message.links)


def _placed(mail: Message, items: tuple[ActionItem, ...]) -> tuple[ActionItem, ...]:
    """Return the items, each that stands in an attached file with its place there."""
    if not items or not has_files(mail):
        return items
    return tuple(
        item
        if item.evidence.where != "text" or item.evidence.quote in mail.text
        else replace(item, evidence=replace(item.evidence, where=place_of(mail, item.evidence.quote) or "text"))
        for item in items
    )


def _ruled(rules: Sequence[Rule]) -> frozenset[str]:
    held = {"categories": any(rule.categories for rule in rules), "priority_score": ruled_priority(rules) is not None}
    return frozenset(name for name, holds in held.items() if holds)
