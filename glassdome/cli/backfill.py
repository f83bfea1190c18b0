"""`glassdome backfill`: older mail into the queue, slowly, with a progress bar; stopped at any time, it goes on later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, operator, progress_bar, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ActionForbidden, ConfigError
from glassdome.desk.email_id import as_folder, as_mailbox
from glassdome.desk.preferences import must_exist
from glassdome.pipeline.backfill import Backfill
from glassdome.values.watch import BackfillProgress

__all__ = ["backfill"]


def backfill(*, mailbox: str, folder: str, limit: int | None, per_hour: int | None, choose: bool) -> None:
    """Queue a mailbox's older mail for analysis; a running `glassdome serve` or `worker` does the rest."""
    with errors_told():
        mailbox, folder = as_mailbox(mailbox), as_folder(folder)
        settings = load_settings(backfill_per_hour=per_hour)
        if not settings.imap_host:
            raise ConfigError("No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
    run(_backfill(settings, mailbox, folder, limit, choose=choose))


async def _backfill(settings: Settings, mailbox: str, folder: str, limit: int | None, *, choose: bool) -> None:
    clock = SystemClock()
    async with open_app(settings, clock=clock) as app:
        assert app.source is not None
        preferences = await app.database.preferences.get_preferences(mailbox)
        if not preferences.auto_analysis:
            # The owner's no, which --choose at a shell may not override.
            raise ActionForbidden(
                f"The owner of {mailbox} has switched its analysis off (auto_analysis).",
                fix="It can be switched on in the web UI, or with POST /api/v1/edit/llm/preferences.",
            )
        if not preferences.chosen:
            if not choose:
                raise ActionForbidden(
                    f"{mailbox} is not enabled for analysis.",
                    fix="Add --choose, or enable it with POST /api/v1/edit/llm/preferences.",
                )
            await must_exist(app.has_mailbox, mailbox)
            now, facts = clock.now(), {"chosen": True}
            await app.database.preferences.set_preferences(replace(preferences, chosen=True), now=now)
            await app.database.history.audit(
                actor=operator(), action="edit_preferences", subject=mailbox, facts=facts, now=now
            )
        work = Backfill(
            app.source,
            app.database.queue,
            app.database.cursors,
            app.database.progress,
            clock=clock,
            per_hour=settings.backfill_per_hour,
        )
        with progress_bar(unit="messages") as bar:
            task = bar.add_task(f"{mailbox} {folder}", total=limit, note="")

            told = dict[str, datetime]()

            def show(state: BackfillProgress) -> None:
                note = f"{state.added} new in the queue, {state.fraction:.0%} of the folder"
                if state.next_at is not None:
                    note += f"; goes on at {state.next_at.astimezone():%H:%M}"
                bar.update(task, completed=state.found, note=note)
                if state.next_at is not None and state.next_at != told.get("next_at") and not err.is_terminal:
                    # Without a terminal there is no bar, and nothing else would say why nothing happens.
                    told["next_at"] = state.next_at
                    err.print(f"{mailbox} {folder}: {note} (GLASSDOME_BACKFILL_PER_HOUR).", highlight=False)

            end = await work.run(mailbox, folder, limit=limit, progress=show)
    so_far = "to the first message" if end.done else f"{end.fraction:.0%} of the folder"
    err.print(f"{end.added} of {end.found} messages are new in the queue, {so_far}.", highlight=False)
