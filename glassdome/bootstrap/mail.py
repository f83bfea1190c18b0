"""Everything that needs the mail server: source, worker, watcher, actions, and what learns from owners."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AsyncExitStack
from functools import partial

from glassdome.act import Performer, Undoer, plan_feedback
from glassdome.agents.alert_mail import MailAlerts, open_alerts
from glassdome.agents.digest.sender import DIGESTS_EVERY, DigestSender
from glassdome.bootstrap.answering import auto_answers, draft_box, follow_drafts
from glassdome.bootstrap.app import App
from glassdome.bootstrap.judging import live_drafts, live_options
from glassdome.bootstrap.mailboxes import mail_logins
from glassdome.bootstrap.sign_in import password_check
from glassdome.bootstrap.threads import add_threads, thread_parts
from glassdome.core.secrets import secret_box
from glassdome.core.undo_links import UndoLinks
from glassdome.integrations.imap.login import greet
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.mail_servers import imap_server
from glassdome.integrations.rspamd.controller import RspamdController
from glassdome.integrations.rspamd.teacher import RspamdTeacher
from glassdome.mailbox.arrivals import Arrivals
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.observer import ImapObserver
from glassdome.mailbox.poller import Poller
from glassdome.mailbox.reader import MailboxReader
from glassdome.mailbox.source import ImapSource
from glassdome.mailbox.watcher import Watcher
from glassdome.pipeline.actions import ActionLoop
from glassdome.pipeline.answering import Answering
from glassdome.pipeline.backfill import Backfill
from glassdome.pipeline.backfills import Backfills
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.habits import Habits
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.junk_feedback import JunkFeedback
from glassdome.pipeline.keyword_watch import KEYWORDS_EVERY, KeywordWatch
from glassdome.pipeline.learning import LEARNING_EVERY, Learning
from glassdome.pipeline.owner_rules import OwnerRules
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.rebuilt import Rebuilt
from glassdome.pipeline.speeds import Speeds
from glassdome.pipeline.threads.states import ThreadStates
from glassdome.pipeline.threads.turns import TurnMaker
from glassdome.pipeline.worker import Worker
from glassdome.ports.agent import SpamTeacher
from glassdome.values.feedback import Feedback

__all__ = ["add_mail"]


async def add_mail(app: App, stack: AsyncExitStack) -> None:
    """Give the app its mail server; nothing is connected yet. `stack` closes it; raises ConfigError."""
    settings, database, clock = app.settings.current(), app.database, app.clock
    server = imap_server(settings)
    server.tls.warn()
    app.probes["imap"] = partial(greet, server)
    app.check_login = password_check(server)
    pool = ImapPool(server, mail_logins(app.settings.current, database.mailboxes))
    reader = app.reader = MailboxReader(pool, clock=clock)
    source = reader.source
    stack.push_async_callback(source.aclose)
    editor, observer, teacher = ImapEditor(pool), ImapObserver(pool), _spam_teacher(app, source, stack)
    alerts = await stack.enter_async_context(open_alerts(settings, clock=clock, reader=reader))
    app.try_warning = alerts.test
    drafts, answers = draft_box(app, reader), await auto_answers(app, reader, stack)
    if isinstance(alerts, MailAlerts):
        links = UndoLinks(await asyncio.to_thread(secret_box, settings))
        app.digests = DigestSender(database, alerts.send, settings=app.settings.current, clock=clock, links=links)
        app.periodic_tasks.append(PeriodicTask("digests", app.digests.step, every=lambda: DIGESTS_EVERY))
    performer = Performer(
        database.actions,
        clock=clock,
        editor=editor,
        alerts=alerts,
        teacher=teacher,
        drafts=drafts,
        answers=answers,
    )
    app.undoer = Undoer(database.actions, clock=clock, editor=editor, source=source, teacher=teacher, drafts=drafts)
    app.actions = ActionLoop(performer)
    junk = JunkFeedback(source, observer, database, clock=clock)
    loader = _loader(app)
    turns, states = thread_parts(app, performer)
    app.worker = _worker(app, source, performer, junk, loader, turns, states)
    add_threads(app, reader, observer, loader, turns, states)
    app.watcher = _watcher(app, reader, app.worker)
    app.backfills = Backfills(
        lambda: Backfill(
            source,
            database.queue,
            database.cursors,
            database.progress,
            clock=clock,
            per_hour=app.settings.current().backfill_per_hour,
        ),
        database.cursors,
        database.progress,
        database.preferences,
        clock=clock,
    )
    learning = Learning(
        junk=junk,
        habits=Habits(source, observer, database, clock=clock),
        preferences=database.preferences,
        backoff=reader.backoff,
        clock=clock,
    )
    app.periodic_tasks.append(PeriodicTask("learning", learning.poll, every=lambda: LEARNING_EVERY))
    follow_drafts(app, reader)
    keywords = KeywordWatch(stores=database, observer=observer, undoer=app.undoer, backoff=reader.backoff, clock=clock)
    app.periodic_tasks.append(PeriodicTask("keywords", keywords.poll, every=lambda: KEYWORDS_EVERY))


def _loader(app: App) -> ContextLoader:
    return ContextLoader(
        history=app.database.history,
        preferences=app.database.preferences,
        clock=app.clock,
        settings=app.settings.current,
        rules=OwnerRules(app.settings.current().rules_path),
        owners=app.database.owners,
    )


def _worker(
    app: App,
    source: ImapSource,
    performer: Performer,
    junk: JunkFeedback,
    loader: ContextLoader,
    turns: TurnMaker,
    states: ThreadStates,
) -> Worker:
    settings, database, clock = app.settings, app.database, app.clock
    runner = JobRunner(
        database.queue,
        source,
        database.preferences,
        loader,
        options=live_options(app),
        performer=performer,
        took_back=junk.took_back,
        put_back=junk.put_back,
        rebuilt=Rebuilt(database.analyses),
        turns=turns,
        states=states,
        clock=clock,
        metrics=app.metrics,
        drafts=live_drafts(app),
        speeds=Speeds(database.model_speeds),
        answering=Answering(
            rules=database.answer_rules,
            sends=bool(settings.current().smtp_host),
            default_zone=settings.current().overseer_timezone,
            addresses=app.addresses,
        ),
    )
    owner = f"{socket.gethostname()}:{os.getpid()}"
    return Worker(database.queue, runner, owner=owner, settings=settings.refresh, clock=clock, metrics=app.metrics)


def _watcher(app: App, reader: MailboxReader, worker: Worker) -> Watcher:
    database, clock = app.database, app.clock
    arrivals = Arrivals(reader.source, database.queue, database.cursors, clock=clock, wake=worker.wake)
    return Watcher(
        reader.watch,
        Poller(arrivals, reader.backoff, clock=clock),
        database.preferences,
        clock=clock,
        interval=lambda: app.settings.current().llm_processing_interval,
    )


def _spam_teacher(app: App, source: ImapSource, stack: AsyncExitStack) -> SpamTeacher | None:
    """Return Rspamd as a pupil where GLASSDOME_RSPAMD_URL asks for it; from then on corrections are planned for it."""
    settings, database = app.settings.current(), app.database
    if not settings.rspamd_url:
        return None
    controller = RspamdController(settings.rspamd_url, password=settings.rspamd_password)
    stack.push_async_callback(controller.aclose)

    async def teach(feedback: Feedback) -> None:
        await database.actions.plan(plan_feedback(feedback), now=app.clock.now())

    app.teach = teach
    return RspamdTeacher(controller, source)
