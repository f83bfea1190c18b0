"""One job from its lease to its end."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from glassdome.act import Performer, plan
from glassdome.core.clock import Clock
from glassdome.core.errors import (
    GlassdomeError,
    LoginRefused,
    NotFound,
    StoreError,
    StoreUnavailable,
    UidValidityChanged,
)
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.core.log import get_logger
from glassdome.core.metrics import Metrics
from glassdome.core.places import without_places
from glassdome.pipeline.answering import Answering
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.drafts import Drafted, Drafts
from glassdome.pipeline.metrics import observe_model, observe_verdict
from glassdome.pipeline.process import Judged, JudgeOptions, Load, judge
from glassdome.pipeline.rebuilt import Rebuilt
from glassdome.pipeline.retry import IN_VAIN, decide_retry, model_again_at, tries_after, tries_told
from glassdome.pipeline.speeds import Speeds
from glassdome.pipeline.threads.states import ThreadStates
from glassdome.pipeline.threads.turns import TurnMaker
from glassdome.ports.mail import MailSource
from glassdome.values.action import Action, ActionKind
from glassdome.values.analysis import Analysis
from glassdome.values.context import Context
from glassdome.values.job import Job, JobReason, ModelTries, Priority
from glassdome.values.message import Message
from glassdome.values.opinion import Usage
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.signal import Outcome
from glassdome.values.thread_mail import ThreadMail

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.queue import Queue

__all__ = ["NOT_CHOSEN", "JobRunner"]

_log = get_logger(__name__)
T = TypeVar("T")
TookBack = Callable[[MessageRef, str], Awaitable[bool]]
PutBack = Callable[[MessageRef], Awaitable[bool]]
#: The error code of a job whose mailbox is not, or no longer, enabled.
NOT_CHOSEN: Final = "not_chosen"
#: Seconds between tries to store a result while the database is away: a model's answer is worth half a minute.
STORE_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class JobRunner:
    """Fetches, judges, stores and acts; a lost lease makes it drop its result."""

    def __init__(
        self,
        queue: Queue,
        source: MailSource,
        preferences: PreferenceTable,
        loader: ContextLoader,
        *,
        options: Callable[[], JudgeOptions],
        performer: Performer,
        clock: Clock,
        metrics: Metrics | None = None,
        drafts: Drafts | None = None,
        took_back: TookBack | None = None,
        put_back: PutBack | None = None,
        rebuilt: Rebuilt | None = None,
        answering: Answering | None = None,
        turns: TurnMaker | None = None,
        states: ThreadStates | None = None,
        speeds: Speeds | None = None,
    ) -> None:
        """`options` answers how messages are judged at this moment; `drafts` is None where no model may write them.

        `took_back` and `put_back` report that the owner moved the message out of Junk, by hand or through our undo:
        it is analysed but never acted on. `rebuilt` recognises mail whose folder the server rebuilt, `answering` plans
        drafts and automatic answers. `speeds` counts how fast the model answers. `turns` and `states` follow the threads of owners who want that.
        """
        self._queue, self._source, self._preferences, self._loader = queue, source, preferences, loader
        self._options, self._performer, self._clock = options, performer, clock
        self._metrics, self._drafts = metrics or Metrics(), drafts
        self._took_back, self._put_back, self._rebuilt = took_back, put_back, rebuilt
        self._answering = answering
        self._turns, self._states = turns, states
        self._speeds = speeds

    async def run(self, job: Job) -> None:
        """Take a leased job to the end of its lease; raises what `failed` then answers."""
        wishes = await self._preferences.get_preferences(job.ref.mailbox)
        if unwanted := _unwanted(wishes, job):
            await self._queue.cancel(job, code=NOT_CHOSEN, sentence=unwanted, now=self._clock.now())
            return

        async def load(message: Message) -> Context:
            return await self._loader.for_mailbox(job.ref.mailbox, message, wishes)

        raw, options = await self._source.fetch(job.ref, max_bytes=MAX_MESSAGE_BYTES), self._options()
        if job.reason is JobReason.DRAFT and (known := await self._analysed(job)):
            await self._draft(job, raw, known, wishes, load=load, options=options)
            return
        if self._rebuilt is not None and (before := await self._rebuilt.known(job, raw)):
            await self._keep(job, before)
            return
        judged = await judge(raw, job.ref, load=load, options=options)
        first = any(item.name == "first_contact" and item.outcome is Outcome.HIT for item in judged.analysis.signals)
        actions, now = plan(judged.analysis.verdict, wishes, job.ref, first_contact=first), self._clock.now()
        back = bool(actions) and await self._is_back(job.ref, judged.message.message_id, actions)
        actions = () if back else actions
        thread_mail = await self._thread_mail(judged, wishes, wanted=back, now=now)
        tries, why = self._tries(job, judged, options)
        again_at, again = self._again_at(job, judged, tries, options), JobReason.UPGRADE
        if again_at is None:
            actions += await self._answers(judged.message, judged.analysis, wishes, job)
        if again_at is None and self._drafts is not None and self._drafts.wanted(judged, wishes):
            again_at, again = now, JobReason.DRAFT
        kept = await self._stored(
            lambda: self._queue.complete(
                job,
                judged.analysis,
                actions=actions,
                now=now,
                again_at=again_at,
                again=again,
                history=judged.message,
                thread_mail=thread_mail,
                tries=tries,
                why=why,
            )
        )
        self._observe(judged, options, kept=kept)
        if self._speeds is not None and options.engine is not None:
            await self._speeds.of_judged(judged, options.engine.model, now=now)

    async def _thread_mail(
        self, judged: Judged, wishes: Preferences, *, wanted: bool, now: datetime
    ) -> ThreadMail | None:
        if self._turns is None or not wishes.threads:
            return None
        return await self._turns.of_judged(judged, wanted=wanted, now=now)

    async def _keep(self, job: Job, before: Analysis) -> None:
        """Give a judged message its new name; what waited for the model waits on."""
        now, again_at = self._clock.now(), None
        if before.verdict.degraded:
            again_at = now
        kept = replace(before, ref=job.ref)
        _log.info("message_recognised", mailbox=job.ref.mailbox, folder=job.ref.folder, uid=job.ref.uid)
        await self._stored(
            lambda: self._queue.complete(job, kept, actions=(), now=now, again_at=again_at, instead_of=before.ref)
        )

    async def _is_back(self, ref: MessageRef, message_id: str, actions: Sequence[Action]) -> bool:
        if self._put_back is not None and await self._put_back(ref):
            return True
        moves = any(action.kind is ActionKind.MOVE for action in actions)
        return moves and self._took_back is not None and await self._took_back(ref, message_id)

    async def _analysed(self, job: Job) -> Analysis | None:
        return await self._drafts.analyses.get(job.ref) if self._drafts is not None else None

    async def _answers(self, message: Message, analysis: Analysis, wishes: Preferences, job: Job) -> tuple[Action, ...]:
        if self._answering is None:
            return ()
        return await self._answering.plan(message, analysis, wishes, job, now=self._clock.now())

    async def _draft(
        self, job: Job, raw: bytes, known: Analysis, wishes: Preferences, *, load: Load, options: JudgeOptions
    ) -> None:
        assert self._drafts is not None
        drafted, actions = Drafted(analysis=known), tuple[Action, ...]()
        if self._drafts.on():
            drafted = await self._drafts.add(raw, known, job, load=load, options=options)
            observe_model(self._metrics, known.verdict.model, drafted.usage, drafted.error)
            if drafted.refused:
                self._metrics.model_texts_refused.labels("draft", drafted.refused).inc()
            if drafted.message is not None:
                actions = await self._answers(drafted.message, drafted.analysis, wishes, job)
        now = self._clock.now()
        await self._stored(lambda: self._queue.complete(job, drafted.analysis, actions=actions, now=now))

    async def act(self, job: Job) -> None:
        """Perform the planned actions, outside the lease; failed ones stay in the ledger."""
        try:
            await self._performer.perform(job.ref)
            if self._states is not None:
                await self._states.settle(job.ref.mailbox)
        except StoreError as exc:
            _log.warning("actions_postponed", job=job.id, code=exc.code)

    async def failed(self, job: Job, error: Exception) -> None:
        """End or put back a job whose run raised; never raises for a database that is away: the lease will expire."""
        code = error.code if isinstance(error, GlassdomeError) else "internal_error"
        sentence = error.public_message if isinstance(error, GlassdomeError) else f"{type(error).__name__}: {error}"
        self._metrics.errors.labels(code).inc()
        log = _log.bind(job=job.id, code=code, attempts=job.attempts)
        if isinstance(error, GlassdomeError):
            log.warning("job_interrupted", problem=sentence)
        else:
            trace = await asyncio.to_thread(traceback.format_exception, error)  # it reads source files
            log.error("job_broke", problem=sentence, trace="".join(trace))
        # Stored errors are shown to all who may see the queue; hosts and ports stay in the log.
        shown = error.outward if isinstance(error, GlassdomeError) else without_places(sentence)
        try:
            await self._stored(lambda: self._put_away(job, error, code, shown))
        except StoreUnavailable as exc:
            log.warning("job_left_to_its_lease", problem=exc.public_message)

    async def _put_away(self, job: Job, error: Exception, code: str, sentence: str) -> bool:
        now = self._clock.now()
        if isinstance(error, NotFound | UidValidityChanged):
            return await self._queue.cancel(job, code=code, sentence=sentence, now=now)
        decision = decide_retry(error, attempts=job.attempts, now=now, waiting_since=job.enqueued_at)
        if decision.again_at is None:
            given_up = _given_up(error, job.enqueued_at, now)
            return await self._queue.fail(job, code=code, sentence=f"{sentence}{given_up}", now=now)
        return await self._queue.retry_later(
            job, code=code, sentence=sentence, not_before=decision.again_at, now=now, counted=decision.counted
        )

    def _tries(self, job: Job, judged: Judged, options: JudgeOptions) -> tuple[ModelTries, tuple[str, str]]:
        before = ModelTries(model=job.tried_model, number=job.model_tries)
        model = options.engine.model if options.engine is not None else ""
        tries = tries_after(judged.error, model, before)
        return tries, tries_told(judged.error, tries, options.tries)

    def _again_at(self, job: Job, judged: Judged, tries: ModelTries, options: JudgeOptions) -> datetime | None:
        if isinstance(judged.error, IN_VAIN) and tries.number >= options.tries:
            return None
        return model_again_at(judged.error, waiting_since=job.enqueued_at, now=self._clock.now())

    async def _stored(self, write: Callable[[], Awaitable[T]]) -> T:
        """Write, trying again while the database is away; the fence makes a second try harmless."""
        for pause in STORE_PAUSES:
            try:
                return await write()
            except StoreUnavailable:
                await self._clock.sleep(pause * random.uniform(0.8, 1.2))
        return await write()

    def _observe(self, judged: Judged, options: JudgeOptions, *, kept: bool) -> None:
        opinion = judged.analysis.opinion
        usage = opinion.usage if opinion is not None else Usage()
        if options.engine is not None:
            observe_model(self._metrics, options.engine.model, usage, judged.error)
        if kept:
            observe_verdict(self._metrics, judged)
        else:
            _log.info("result_dropped", reason="the lease was lost")


def _given_up(error: Exception, since: datetime, now: datetime) -> str:
    """Say that what might have passed did not, and how to try once more."""
    if not isinstance(error, LoginRefused) and not getattr(error, "temporary", False):
        return ""
    minutes = int((now - since).total_seconds() / 60)
    span = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return f" It was tried for {span} and given up; it can be retried in the queue."


def _unwanted(wishes: Preferences, job: Job) -> str:
    """Return why the mail may not be read, else nothing; what somebody asked for is wanted, and what follows from that."""
    if not wishes.chosen:
        return "This mailbox is not enabled for analysis, so its mail is not read."
    unasked = job.reason in (JobReason.NEW, JobReason.BACKFILL) or job.priority == Priority.BACKFILL
    return "The analysis of this mailbox's mail is switched off." if unasked and not wishes.auto_analysis else ""
