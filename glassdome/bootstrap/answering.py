"""Wires what answers in the owner's name: drafts in the mailbox, and what follows them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from glassdome.agents.auto_answers import AutoAnswers
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.bootstrap.app import App
from glassdome.bootstrap.mailboxes import login_of_settings
from glassdome.core.errors import LoginRefused
from glassdome.integrations.smtp.compose import compose
from glassdome.mailbox.drafts import DraftFolder
from glassdome.mailbox.observer import ImapObserver
from glassdome.mailbox.reader import MailboxReader
from glassdome.pipeline.draft_box import DraftBox, ReplyWriter
from glassdome.pipeline.draft_watch import DRAFTS_EVERY, DraftWatch
from glassdome.pipeline.follow_up_box import FollowUpWriter
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.profile_learning import PROFILES_EVERY, ProfileLearning
from glassdome.replies.follow_up import FOLLOW_UP
from glassdome.replies.plan import REPLY
from glassdome.values.credentials import Credentials

__all__ = ["auto_answers", "draft_box", "follow_drafts"]


def draft_box(app: App, reader: MailboxReader) -> DraftBox:
    """Return what writes drafts; each kind of draft has its writer, under the argument of its actions."""
    database = app.database
    replies = ReplyWriter(
        source=reader.source,
        analyses=database.analyses,
        preferences=database.preferences,
        profiles=database.profiles,
        default_zone=app.settings.current().overseer_timezone,
        parse=partial(reader.parsed, authserv_ids=app.settings.current().authserv_ids),
    )
    writers = {REPLY: replies.write, FOLLOW_UP: _reminders(app, reader).write}
    return DraftBox(store=DraftFolder(reader.sessions), writers=writers, compose=compose)


def _reminders(app: App, reader: MailboxReader) -> FollowUpWriter:
    database = app.database
    return FollowUpWriter(
        source=reader.source,
        threads=database.threads,
        preferences=database.preferences,
        profiles=database.profiles,
        default_zone=app.settings.current().overseer_timezone,
        parse=partial(reader.parsed, authserv_ids=app.settings.current().authserv_ids),
    )


def follow_drafts(app: App, reader: MailboxReader) -> None:
    """Take back drafts of mails that their owners answered, and learn how owners write."""
    database = app.database
    watch = DraftWatch(
        ledger=database.actions,
        store=DraftFolder(reader.sessions),
        backoff=reader.backoff,
        clock=app.clock,
        over={FOLLOW_UP: _reminders(app, reader).is_over},
    )
    app.periodic_tasks.append(PeriodicTask("drafts", watch.poll, every=lambda: DRAFTS_EVERY))
    profiles = ProfileLearning(
        source=reader.source,
        observer=ImapObserver(reader.sessions),
        preferences=database.preferences,
        profiles=database.profiles,
        backoff=reader.backoff,
        clock=app.clock,
    )
    app.periodic_tasks.append(PeriodicTask("profiles", profiles.poll, every=lambda: PROFILES_EVERY))


async def auto_answers(app: App, reader: MailboxReader, stack: AsyncExitStack) -> AutoAnswers | None:
    """Return what sends automatic answers, None where no mail can be sent; `stack` closes it."""
    settings, clock, database = app.settings.current(), app.clock, app.database
    if not settings.smtp_host or app.addresses is None:
        return None
    agent = await stack.enter_async_context(
        MailcowAgent.from_settings(settings, agent_id="auto-answers", clock=clock, reader=reader)
    )

    async def login(mailbox: str) -> Credentials:
        if own := login_of_settings(app.settings.current(), mailbox):
            return own
        if registered := await database.mailboxes.get(mailbox):
            return registered.credentials
        raise LoginRefused(
            f"No password of {mailbox} itself is known, and a master user may not send its mail.",
            fix="Add it to GLASSDOME_MAILBOXES, or run: glassdome mailbox register.",
        )

    return AutoAnswers(
        agent=agent,
        login=login,
        source=reader.source,
        stores=database,
        clock=clock,
        default_zone=settings.overseer_timezone,
        addresses=app.addresses,
        parse=partial(reader.parsed, authserv_ids=settings.authserv_ids),
    )
