"""Everything that follows threads: the rules, the reader of folders, the states."""

from __future__ import annotations

from glassdome.act import Performer
from glassdome.bootstrap.app import App
from glassdome.bootstrap.judging import live_options
from glassdome.mailbox.observer import ImapObserver
from glassdome.mailbox.reader import MailboxReader
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.threads.following import THREADS_EVERY, ThreadFollowing
from glassdome.pipeline.threads.prose import ThreadProse
from glassdome.pipeline.threads.reading import ThreadReader
from glassdome.pipeline.threads.states import ThreadStates
from glassdome.pipeline.threads.turns import ThreadRules, TurnMaker
from glassdome.threads import base_subject, thread_of, turn_of

__all__ = ["add_threads", "thread_parts"]

_RULES = ThreadRules(turn_of=turn_of, thread_of=thread_of, base_subject=base_subject)


def thread_parts(app: App, performer: Performer) -> tuple[TurnMaker, ThreadStates]:
    """Return the parts that a worker needs, too."""
    turns = TurnMaker(threads=app.database.threads, rules=_RULES, addresses=app.addresses)
    states = ThreadStates(
        app.database.threads,
        app.database.preferences,
        turns,
        performer=performer,
        clock=app.clock,
        default_zone=app.settings.current().overseer_timezone,
    )
    return turns, states


def add_threads(
    app: App,
    reader: MailboxReader,
    observer: ImapObserver,
    loader: ContextLoader,
    turns: TurnMaker,
    states: ThreadStates,
) -> None:
    """Let the app read the folders of mailboxes whose owners want threads."""
    folders = ThreadReader(
        reader.source, observer, app.database, turns, loader, options=live_options(app), clock=app.clock
    )
    app.threads = ThreadFollowing(
        threads=app.database.threads, reader=folders, states=states, backoff=reader.backoff, clock=app.clock
    )
    app.periodic_tasks.append(PeriodicTask("threads", app.threads.poll, every=lambda: THREADS_EVERY))
    prose = ThreadProse(
        store=app.database.thread_proses,
        preferences=app.database.preferences,
        queue=app.database.queue,
        teller=app.models,
        on=lambda: app.roles.grant().counts("summary"),
        model=lambda: app.engine.model if app.engine is not None else "",
        clock=app.clock,
        metrics=app.metrics,
    )
    app.periodic_tasks.append(PeriodicTask("thread_prose", prose.step, every=prose.pause))
