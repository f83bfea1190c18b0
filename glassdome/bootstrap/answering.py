"""Wires what answers in the owner's name: drafts in the mailbox, and what follows them."""

from __future__ import annotations

from functools import partial

from glassdome.bootstrap.app import App
from glassdome.integrations.smtp.compose import compose
from glassdome.mailbox.drafts import DraftFolder
from glassdome.mailbox.observer import ImapObserver
from glassdome.mailbox.reader import MailboxReader
from glassdome.pipeline.draft_box import DraftBox, ReplyWriter
from glassdome.pipeline.draft_watch import DRAFTS_EVERY, DraftWatch
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.profile_learning import PROFILES_EVERY, ProfileLearning
from glassdome.replies.plan import REPLY

__all__ = ["draft_box", "follow_drafts"]


def draft_box(app: App, reader: MailboxReader) -> DraftBox:
    """Return what writes drafts; each kind of draft has its writer, under the argument of its actions."""
    database = app.database
    replies = ReplyWriter(
        source=reader.source,
        analyses=database.analyses,
        preferences=database.preferences,
        profiles=database.profiles,
        parse=partial(reader.parsed, authserv_ids=app.settings.current().authserv_ids),
    )
    return DraftBox(store=DraftFolder(reader.sessions), writers={REPLY: replies.write}, compose=compose)


def follow_drafts(app: App, reader: MailboxReader) -> None:
    """Take back drafts of mails that their owners answered, and learn how owners write."""
    database = app.database
    watch = DraftWatch(
        ledger=database.actions, store=DraftFolder(reader.sessions), backoff=reader.backoff, clock=app.clock
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
