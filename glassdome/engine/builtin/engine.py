"""The engine that is always there: no language model, a millisecond, every function of an opinion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from glassdome.engine.builtin import categories, intent
from glassdome.engine.builtin.answering import has_time, invites_reply, speaks_to_many, wants_reply
from glassdome.engine.builtin.attention import AttentionFacts, attend, judged
from glassdome.engine.builtin.author import Author, author_kind
from glassdome.engine.builtin.buttons import wanted_by_button
from glassdome.engine.builtin.chosen import Tasks, chosen, scene_of
from glassdome.engine.builtin.classifier import Classifier, load_classifier
from glassdome.engine.builtin.codes import hands_a_code
from glassdome.engine.builtin.dues import in_a_hurry, with_days
from glassdome.engine.builtin.features import Features, extract
from glassdome.engine.builtin.language import language_of
from glassdome.engine.builtin.pointing import only_points, points
from glassdome.engine.builtin.priority import Facts, prioritize
from glassdome.engine.builtin.records import RecordFacts, record_line
from glassdome.engine.builtin.reply import suggest_reply
from glassdome.engine.builtin.rules import matches, ruled_categories, ruled_priority
from glassdome.engine.builtin.seen import facts_seen
from glassdome.engine.builtin.sentences import MAX_READ_CHARS, sentences_of
from glassdome.engine.builtin.summary import summarize
from glassdome.engine.builtin.tasks import load_task_model
from glassdome.engine.builtin.triage import (
    BUCKETS,
    TRAINED,
    Triage,
    TriageInput,
    load_triage_model,
    subject_numbers,
)
from glassdome.engine.builtin.wanted import is_settled, wanted
from glassdome.engine.builtin.words import load_concepts, words_of
from glassdome.values.ask import unproven_value
from glassdome.values.context import Context
from glassdome.values.file_places import has_files, joined_with_letter, place_of, read_files
from glassdome.values.message import Message
from glassdome.values.opinion import ActionItem, Opinion
from glassdome.values.rules import Rule
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["BuiltinEngine", "read_text"]

#: More questions than this in one mail are rhetoric.
_MOST_QUESTIONS: Final = 3
#: Kinds of list mail whose requests are offers.
_OFFERS: Final = frozenset(("newsletter", "promotion", "social", "mailing-list"))
#: From this chance of fraud or spam on no draft is written.
_SUSPECT: Final = 0.5
#: More recipients than this are many.
_FEW: Final = 6
_GROUP: Final = re.compile(
    r"(?:all|alle|office|team|everyone|staff|members|mitglieder|eltern|parents|leden|soci|todos|tous|tutti)\b",
    re.IGNORECASE,
)


def read_text(message: Message) -> str:
    """Return the text that is judged: what the sender newly wrote, else all that is visible."""
    return next((text for text in (message.new_text, message.text, message.other_text) if text.strip()), "")


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
        mail, message = message, joined_with_letter(message)
        text = read_text(message)
        sentences = sentences_of(text)
        in_subject, in_text = _concepts(message.subject), _concepts(text[:MAX_READ_CHARS])
        spam, phishing, features = self._probabilities(mail, message)
        language = language_of(message.subject, text)
        standing = context.asked.standing if context.asked is not None else None
        author, relation = author_kind(message, standing), standing.relation if standing is not None else ""
        written = message.date or context.now
        looked = intent.look(sentences, language, written, machine=author is Author.MACHINE)
        requests = [one.request for one in looked if one.asks]
        requests = intent.with_subject(requests, message.subject, language, written)
        questions = min(sum([s.text.endswith("?") for s in sentences]), _MOST_QUESTIONS)
        ruled = [rule for rule in context.rules if matches(rule, message, context.mailbox)]
        found = ruled_categories(ruled) or _categorized(message, author, relation, in_subject, in_text)
        tags = categories.tag(
            message, subject=in_subject, text=in_text,
            questions=questions, requests=len(requests), due=any(r.due for r in requests),
        )  # fmt: skip
        facts = Facts(
            requests=len(requests), questions=questions, due="deadline" in tags, urgent="urgent" in tags,
            machine="automatic" in tags, categories=found, suspicion=max(spam, phishing),
        )  # fmt: skip
        ordered = ruled_priority(ruled)
        reader = _reader(message, context)
        if language in TRAINED:
            scene = scene_of(
                author, listed=message.lists.is_list, copied=_is_copied(message, context),
                many=_is_to_many(message) or speaks_to_many(text), settled=is_settled(text),
            )  # fmt: skip
            tasks = chosen(looked, self._tasks, scene=scene, reader=reader)
            tasks = with_days(intent.with_subject(tasks, message.subject, language, written), looked, written.date())
        else:
            tasks = wanted(requests, text, author=author, urgent="urgent" in tags, reader=reader)
        if message.attachments:  # a look at the file is no task
            tasks = [request for request in tasks if not points(request.sentence.text)]
        code = author is not Author.PERSON and hands_a_code(message.subject, text)
        met = replace(
            _attention_facts(message, text, requests, tasks, author=author, tags=tags, subject=in_subject, text_names=in_text),
            questions=questions, asked=bool(tasks or questions), code=code, categories=found, today=written.date(),
        )  # fmt: skip
        attention, why = attend(met)
        seen = TriageInput(
            facts={f"rule category:{found[0]}": 1.0} | facts_seen(
                message, text, met, context, reader=reader, subject=in_subject, named=in_text, items=len(tasks),
                requests=len(requests), relation=relation, trades=categories.trades_of(message),
            ),
            text=features.hashed & (BUCKETS - 1), subject=subject_numbers(words_of(message.subject)),
        )  # fmt: skip
        if language in TRAINED and message.report is None:
            chances = self._triage.chances(seen)
            found = (
                categories.ranked(chances.categories, found, listed=bool(message.lists.list_post))
                if not ruled_categories(ruled)
                else found
            )
            attention, why = judged(chances.attention, met, attention, why)
            tasks = in_a_hurry(tasks, written.date()) if attention == "now" else tasks
        bulk = met.bulk and attention == "skim"
        return Opinion(
            engine=self.name, model=self._classifier.name,
            summary=_record(
                message, text, context, author,
                RecordFacts(
                    language=language, categories=found, named=frozenset((*in_subject, *in_text)),
                    titled=frozenset(in_subject), written=written, code=code, due=min(met.days, default=None),
                ),
            ) or summarize(sentences, message.subject),
            categories=found, ruled=_ruled(ruled, ordered), tags=tags, phishing=phishing, spam=spam,
            priority_score=prioritize(message, facts, context) if ordered is None else ordered,
            sensitive_types=tuple(dict.fromkeys(finding.type for finding in sensitive)),
            action_items=_placed(mail, _items(message, [r for r in requests if r.step] if bulk else tasks, author, bulk=bulk))
            if not met.bulk or found[0] not in _OFFERS
            else (),
            auto_reply_suggestion=suggest_reply(
                language=language, name=message.author.name,
                asked=_wants_draft(met, bool(tasks)) and facts.suspicion < _SUSPECT and not {"bulk", "invitation"} & {*tags},
                automatic=author is Author.MACHINE or "automatic" in tags,
            ),
            language=language, attention=attention, attention_reason=why,
        )  # fmt: skip

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


def _attention_facts(
    message: Message,
    text: str,
    requests: Sequence[intent.Request],
    tasks: Sequence[intent.Request],
    *,
    author: Author,
    tags: Sequence[str],
    subject: Mapping[str, Sequence[str]],
    text_names: Mapping[str, Sequence[str]],
) -> AttentionFacts:
    """Return the facts of attention that the mail's own words and fields give."""
    dated = tasks if author is Author.PERSON or message.lists.is_list else requests
    asking = [request.sentence.text for request in tasks]
    questions = [sentence.text for sentence in sentences_of(text) if sentence.text.endswith("?")] if "?" in text else []
    pressing = "pressing" in subject or (author is Author.PERSON and "pressing" in text_names)
    machine, invited = author is Author.MACHINE, invites_reply(text)
    return AttentionFacts(
        author=author, asked=bool(tasks), questions=0, urgent=("urgent" in tags or pressing) and not has_time(text),
        to_many=_is_to_many(message) or speaks_to_many(text), called=machine and invited,
        replies=wants_reply([*asking, *questions]) or (not machine and invited), cancelled="disrupted" in subject,
        disrupted=_happens_today({**subject, **text_names}), reset="reset" in subject or "reset" in text_names, code=False,
        invitation="invitation" in tags, bulk="bulk" in tags and not _is_discussion(message), listed=message.lists.is_list,
        categories=(), days=[request.due_at for request in dated if request.due_at is not None], today=date.min,
    )  # fmt: skip


def _wants_draft(facts: AttentionFacts, asked: bool) -> bool:
    """Return whether a person would want a draft: an answer is wanted, or one reader is asked for something."""
    single = asked and facts.author is Author.PERSON and not facts.to_many
    return facts.asked and (facts.replies or single)


def _concepts(text: str) -> dict[str, list[str]]:
    """Return the concepts and kinds of service mail that the text names, with their phrases."""
    words = words_of(text)
    return load_concepts().find(words) | load_concepts("kinds.toml").find(words)


def _record(message: Message, text: str, context: Context, author: Author, facts: RecordFacts) -> str:
    """Return the line of facts that a machine's mail gives; an invitation gives one from any sender.

    The wish of an unproven author is no fact.
    """
    asks = context.asked.asks if context.asked is not None else ()
    person = author is Author.PERSON and not any(item.declared_type == "text/calendar" for item in message.attachments)
    return "" if person or unproven_value(asks) else record_line(message, text, facts)


def _items(
    message: Message, requests: Sequence[intent.Request], author: Author, *, bulk: bool
) -> tuple[ActionItem, ...]:
    """Return the items that sentences ask for; where none of a machine's does, its button."""
    found = intent.action_items(requests, message.text)
    return found if found or bulk or author is Author.PERSON else wanted_by_button(message.links)


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


def _is_discussion(message: Message) -> bool:
    """A list in which people talk or whose program writes to one reader, not one that sends its news."""
    lists = message.lists
    notice = lists.is_automatic and not lists.unsubscribe
    return bool(lists.list_post) or lists.precedence == "list" or notice


def _categorized(
    message: Message, author: Author, relation: str, subject: dict[str, list[str]], text: dict[str, list[str]]
) -> tuple[str, ...]:
    public, free = relation == "public", relation == "free"
    return categories.categorize(message, author=author, public=public, free=free, subject=subject, text=text)


def _reader(message: Message, context: Context) -> frozenset[str]:
    """Return the words that name the reader: of the To field and of the mailbox that the mail came to."""
    boxes = [address.partition("@")[0] for address in (context.mailbox, message.header("Delivered-To"))]
    named = [f"{address.name} {address.local_part}" for address in message.to[:2]]
    words = (word for name in (*boxes, *named) for word in words_of(name))
    return frozenset(word for word in words if len(word) > 2 and not _GROUP.match(word))


def _is_copied(message: Message, context: Context) -> bool:
    mine = context.mailbox.lower()
    return mine not in {to.addr.lower() for to in message.to} and mine in {to.addr.lower() for to in message.cc}


def _happens_today(concepts: Mapping[str, Sequence[str]]) -> bool:
    return "disrupted" in concepts and "today" in concepts


def _is_to_many(message: Message) -> bool:
    """Return whether no reader is named: hidden recipients, or the address of a group."""
    to = message.recipients
    return not to or len(to) > _FEW or all(not address.name and _GROUP.match(address.local_part) for address in to)


def _ruled(rules: Sequence[Rule], ordered: int | None) -> frozenset[str]:
    return frozenset(
        ["categories"] * any(rule.categories for rule in rules) + ["priority_score"] * (ordered is not None)
    )
