"""Find out what a mail wants of its reader: its requests, questions and tasks, with their days, and how it wants to be met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from glassdome.engine.builtin import categories, intent
from glassdome.engine.builtin.answering import has_time, invites_reply, wants_reply
from glassdome.engine.builtin.attention import AttentionFacts
from glassdome.engine.builtin.author import Author
from glassdome.engine.builtin.chosen import Tasks, chosen, scene_of
from glassdome.engine.builtin.codes import hands_a_code
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.dues import DueScene, with_days
from glassdome.engine.builtin.intent import Looked, Request
from glassdome.engine.builtin.pointing import points
from glassdome.engine.builtin.reading import MailRead, is_copied, is_to_many
from glassdome.engine.builtin.triage import TRAINED
from glassdome.engine.builtin.wanted import is_settled, wanted
from glassdome.values.message import Message

__all__ = ["MailWishes", "attention_facts", "wishes_of"]

#: More questions than this in one mail are rhetoric.
_MOST_QUESTIONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWishes:
    """The wishes of a mail: sentences that ask by their phrases (`requests`), those that leave something to do (`tasks`), its tags."""

    requests: Sequence[Request]
    tasks: Sequence[Request]
    questions: int
    tags: tuple[str, ...]


def wishes_of(read: MailRead, model: Tasks) -> MailWishes:
    """Return what the mail wants; `model` chooses the tasks in the languages that it learned."""
    looked = intent.look(read.sentences, read.language, read.written, machine=read.by_machine)
    requests = _with_subject([one.request for one in looked if one.asks], read)
    questions = min(sum([s.text.endswith("?") for s in read.sentences]), _MOST_QUESTIONS)
    tags = categories.tag(
        read.message, subject=read.in_subject, text=read.in_text,
        questions=questions, requests=len(requests), due=any(r.due for r in requests),
    )  # fmt: skip
    if read.language in TRAINED:
        tasks = _chosen(read, looked, model)
    else:
        tasks = wanted(requests, read.text, author=read.author, urgent="urgent" in tags, reader=read.reader)
    tasks = _without_pointers(read.message, _dated(tasks, looked, read))
    return MailWishes(requests=requests, tasks=tasks, questions=questions, tags=tags)


def _with_subject(requests: Sequence[Request], read: MailRead) -> list[Request]:
    return intent.with_subject(requests, read.message.subject, read.language, read.written)


def _chosen(read: MailRead, looked: Sequence[Looked], model: Tasks) -> list[Request]:
    lists = read.message.lists
    scene = scene_of(
        read.author, listed=lists.is_list, copied=is_copied(read.message, read.context),
        many=is_to_many(read), settled=is_settled(read.text), known=read.context.sender.seen > 0,
        automatic=lists.is_automatic, grouped=bool(lists.list_id or lists.list_post),
    )  # fmt: skip
    return chosen(looked, model, scene=scene, reader=read.reader)


def _dated(tasks: Sequence[Request], looked: Sequence[Looked], read: MailRead) -> list[Request]:
    scene = DueScene(
        language=read.language, today=read.written.date(), machine=read.by_machine,
        subject=deadline_of(read.message.subject, read.language, read.written),
    )  # fmt: skip
    return with_days(tasks, looked, scene)


def _without_pointers(message: Message, tasks: Sequence[Request]) -> list[Request]:
    """Return the tasks; a look at an attached file is none."""
    return [task for task in tasks if not (message.attachments and points(task.sentence.text))]


def attention_facts(read: MailRead, found: MailWishes, kinds: tuple[str, ...]) -> AttentionFacts:
    """Return the facts by which a mail is met: those of its own words and fields, and its `kinds`."""
    message, tags, named = read.message, found.tags, read.named
    invited = invites_reply(read.text)
    return AttentionFacts(
        author=read.author, asked=bool(found.tasks or found.questions), questions=found.questions,
        urgent=_is_urgent(read, tags), code=read.author is not Author.PERSON and hands_a_code(message.subject, read.text),
        invitation="invitation" in tags, bulk="bulk" in tags and not _is_discussion(message), listed=message.lists.is_list,
        categories=kinds, days=_days(read, found), today=read.written.date(),
        disrupted="disrupted" in named and "today" in named, reset="reset" in named, to_many=is_to_many(read),
        replies=_wants_reply(read, found.tasks, invited=invited), called=read.by_machine and invited,
        cancelled="disrupted" in read.in_subject,
    )  # fmt: skip


def _is_urgent(read: MailRead, tags: Sequence[str]) -> bool:
    """Return whether the mail is in a hurry; the body of a program's mail is not asked."""
    pressing = "pressing" in (read.named if read.author is Author.PERSON else read.in_subject)
    return ("urgent" in tags or pressing) and not has_time(read.text)


def _wants_reply(read: MailRead, tasks: Sequence[Request], *, invited: bool) -> bool:
    asking = [task.sentence.text for task in tasks]
    questions = [sentence.text for sentence in read.sentences if sentence.text.endswith("?")]
    return wants_reply([*asking, *questions]) or (not read.by_machine and invited)


def _days(read: MailRead, found: MailWishes) -> list[date]:
    """Return the days by which something is wanted: of tasks, in a program's own mail of every request."""
    dated = found.tasks if read.author is Author.PERSON or read.message.lists.is_list else found.requests
    return [request.due_at for request in dated if request.due_at is not None]


def _is_discussion(message: Message) -> bool:
    """A list in which people talk or whose program writes to one reader, not one that sends its news."""
    lists = message.lists
    notice = lists.is_automatic and not lists.unsubscribe
    return bool(lists.list_post) or lists.precedence == "list" or notice
