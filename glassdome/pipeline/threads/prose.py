"""Has a language model keep a summary of each thread: the one so far and the sentences kept of new mails give the next.

No mail is read for it. Of the owner's own mails a model learns that they came and what they do, never their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import (
    EngineError,
    GlassdomeError,
    ModelBroke,
    ModelMissing,
    ModelTooSlow,
    PolicyRefused,
    TransportError,
)
from glassdome.core.log import get_logger
from glassdome.core.metrics import Metrics
from glassdome.pipeline.context import for_file
from glassdome.pipeline.metrics import observe_model
from glassdome.ports.model import Teller
from glassdome.values.message import Address, Message
from glassdome.values.opinion import Usage
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.thread import Turn
from glassdome.values.thread_mail import DueProse
from glassdome.verdict.texts import prose_fault

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.queue import Queue
    from glassdome.store.thread_prose import ThreadProses

__all__ = ["BETWEEN", "IDLE", "ThreadProse", "notes_of"]

_log = get_logger(__name__)
#: Seconds between two looks where there is nothing to do, and between two summaries: the mail of people goes in between.
IDLE, BETWEEN = 20.0, 0.05
#: How long one summary may take; past it another process, or this one after a crash, begins again.
_LEASE: Final = timedelta(minutes=10)
#: Tries of one summary that end with a broken or too slow model, and threads of which they are counted.
_MOST_TRIES: Final = 3
_MOST_BROKEN: Final = 1_000
#: A thread of one mail has that mail's own summary.
_FEWEST_MAILS: Final = 2
_SHOWN: Final = frozenset({EngineAccess.FULL, EngineAccess.REDACTED})
#: Mails that a summary covers; machines' notices say nothing in a conversation.
_TOLD: Final = frozenset({"message", "calendar", "list"})


@dataclass(kw_only=True)
class ThreadProse:
    """Writes one due summary at a time, while no mail waits for its analysis.

    `on` says whether there is a model that earned to write, `model` names it.
    """

    store: ThreadProses
    preferences: PreferenceTable
    queue: Queue
    teller: Teller
    on: Callable[[], bool]
    model: Callable[[], str]
    clock: Clock
    metrics: Metrics
    _pause: float = field(default=IDLE)
    #: How often the model broke on a thread as it stood at a revision.
    _broken: dict[tuple[int, int], int] = field(default_factory=dict)

    def pause(self) -> float:
        """Return the seconds until the next step."""
        return self._pause

    async def step(self) -> bool:
        """Write one summary that is due; return whether there was one. Raises StoreError.

        While the model is away, the plan stays.
        """
        self._pause = IDLE
        now = self.clock.now()
        if not self.on() or await self._is_busy():
            return False
        due = await self.store.claim(now=now, until=now + _LEASE)
        if due is None:
            return False
        try:
            text = await self._told(due, await self.preferences.get_preferences(due.mailbox))
        except (EngineError, TransportError) as exc:
            if not self._is_given_up(due, exc):
                _log.info("thread_prose_postponed", thread=due.id, code=exc.code)
                return True
            _log.warning("thread_prose_given_up", thread=due.id, code=exc.code)
            text = ""
        await self.store.store(due, text, by=self.model())
        self._pause = BETWEEN
        return True

    def _is_given_up(self, due: DueProse, exc: GlassdomeError) -> bool:
        """Return whether these mails broke the model, or took it too long, too often: else they would hold it for good."""
        if not isinstance(exc, (ModelTooSlow, ModelBroke)):
            return False
        this = (due.id, due.revision)
        tries = self._broken.pop(this, 0) + 1
        if tries >= _MOST_TRIES:
            return True
        self._broken[this] = tries
        if len(self._broken) > _MOST_BROKEN:
            self._broken.pop(next(iter(self._broken)))
        return False

    async def _is_busy(self) -> bool:
        depth = await self.queue.depth(now=self.clock.now())
        return bool(depth.leased or depth.oldest_seconds)

    async def _told(self, due: DueProse, wishes: Preferences) -> str:
        """Return the summary, empty where there is to be none; raises EngineError, TransportError where waiting may help."""
        told = [turn for turn in due.turns if turn.kind in _TOLD and not turn.suspected]
        if due.mails < _FEWEST_MAILS or not due.others or wishes.model_access not in _SHOWN:
            return ""
        if not told:
            return due.before
        notes = notes_of(due, told)
        whole = replace(notes, text=f"Summary so far:\n{due.before or '(none yet)'}\n\n{notes.text}")
        context = replace(for_file(now=self.clock.now()), mailbox=due.mailbox, preferences=wishes)
        language = wishes.summary_language or next((turn.language for turn in reversed(told) if not turn.mine), "")
        model = self.model()
        try:
            draft = await self.teller.retell(whole, context=context, language=language)
        except PolicyRefused:
            return ""
        except (EngineError, TransportError) as exc:
            observe_model(self.metrics, model, Usage(), exc)
            if exc.temporary or isinstance(exc, ModelMissing):
                raise
            return ""
        observe_model(self.metrics, model, replace(draft.usage, calls=0), None)
        self.metrics.model_calls.labels(model, "thread").inc()
        text = draft.text or ""
        if text and (fault := prose_fault(text, notes, due.before)):
            self.metrics.model_texts_refused.labels("thread", fault).inc()
            return ""
        return text


def notes_of(due: DueProse, turns: list[Turn]) -> Message:
    """Return the kept sentences of the new mails, as a message that a prompt can be built of."""
    people = {turn.author: turn.author_name for turn in turns if not turn.mine}
    return Message(
        subject=due.subject,
        header_from=tuple(Address(name=name, addr=addr) for addr, name in people.items()),
        to=(Address(addr=due.mailbox),),
        date=turns[-1].at,
        text="\n\n".join("\n".join(_lines(turn)) for turn in turns),
    )


def _lines(turn: Turn) -> Iterator[str]:
    if turn.mine:
        yield f"New mail of {turn.at:%Y-%m-%d} from the owner of the mailbox: {', '.join(_deeds(turn)) or 'it writes'}."
        return
    # Quoted and indented: a name or a sentence that reads like one of our own lines must not pass for one.
    yield f"New mail of {turn.at:%Y-%m-%d} received from {_quoted(turn.author_name or turn.author)}:"
    yield from (f"- {_quoted(said)}" for said in dict.fromkeys((turn.gist, *turn.decisions)) if said)
    for debt in (*turn.requests, *turn.promises):
        word = "Asks" if debt.basis == "request" else "Promises"
        yield f"- {word}{f' by {debt.due.isoformat()}' if debt.due else ''}: {_quoted(debt.quote)}"


def _quoted(words: str) -> str:
    """Return words of a mail on one line between quotation marks, none of which they hold."""
    return '"{}"'.format(" ".join(words.replace('"', "'").split()))


def _deeds(turn: Turn) -> Iterator[str]:
    """Yield what the owner's own mail does, in words that it did not write."""
    if turn.delivers or turn.settles:
        yield "it answers"
    if turn.accepts:
        yield "it agrees"
    if turn.withdraws:
        yield "it takes back what was asked"
    if turn.thanks:
        yield "it thanks"
    for debt in (*turn.requests, *turn.promises):
        word = "it asks for something" if debt.basis == "request" else "it promises something"
        yield f"{word}{f' by {debt.due.isoformat()}' if debt.due else ''}"
