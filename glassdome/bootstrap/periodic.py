"""Periodic tasks: retention, analysing old mail again, following mailcow's opt-ins."""

from __future__ import annotations

from contextlib import AsyncExitStack

from glassdome.bootstrap.app import App
from glassdome.integrations.mailcow.accounts import MailcowAccounts
from glassdome.integrations.mailcow.directory import MailcowDirectory
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.pipeline.account_watch import ACCOUNTS_EVERY, AccountWatch
from glassdome.pipeline.opt_in import OptIn
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.reprocess import Reprocess
from glassdome.pipeline.retention import RETENTION_EVERY, Retention

__all__ = ["add_periodic_tasks"]


async def add_periodic_tasks(app: App, stack: AsyncExitStack) -> None:
    """Give the app its periodic tasks: retention always, the others where there is something for them to do."""
    settings, database = app.settings.current, app.database
    retention = Retention(
        analyses=database.analyses,
        queue=database.queue,
        threads=database.threads,
        clock=app.clock,
        settings=settings,
    )
    app.retention = PeriodicTask("retention", retention.forget, every=lambda: RETENTION_EVERY)
    _add_reprocess(app)
    if settings().mailcow_api_url and settings().mailcow_api_key:
        await _add_opt_in(app, stack)


def _add_reprocess(app: App) -> None:
    if app.worker is None:
        return
    database = app.database
    reprocess = Reprocess(
        analyses=database.analyses,
        queue=database.queue,
        progress=database.progress,
        engine=lambda: app.engine,
        clock=app.clock,
        settings=app.settings.current,
        wake=app.worker.wake,
    )
    app.periodic_tasks.append(PeriodicTask("reprocess", reprocess.step, every=reprocess.pause))


async def _add_opt_in(app: App, stack: AsyncExitStack) -> None:
    settings, database = app.settings.current, app.database
    client = await stack.enter_async_context(MailcowClient.from_settings(settings(), clock=app.clock))
    app.has_mailbox = client.mailboxes.exists
    opt_in = OptIn(
        directory=MailcowDirectory(client.mailboxes, client.objects),
        said=database.opt_ins,
        preferences=database.preferences,
        history=database.history,
        clock=app.clock,
        settings=settings,
    )
    accounts = MailcowAccounts(client.mailboxes, client.objects)
    watch = AccountWatch(accounts, database.sessions, database.api_keys, database.history, app.clock)
    app.periodic_tasks.append(PeriodicTask("accounts", watch.check, every=lambda: ACCOUNTS_EVERY))
    app.periodic_tasks.append(PeriodicTask("opt_in", opt_in.sync, every=lambda: settings().llm_processing_interval))
