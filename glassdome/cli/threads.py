"""`glassdome threads`: shows who owes whom an answer."""

from __future__ import annotations

from typing import Final

from rich.table import Table
from rich.text import Text

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.console import err, errors_told, load_settings, out, print_json, run
from glassdome.core.config import Settings
from glassdome.ports.threads import ThreadQuery
from glassdome.shapes.thread import thread_shape
from glassdome.values.thread import ThreadState
from glassdome.values.thread_mail import StoredThread

__all__ = ["threads"]

_WORDS: Final = {
    ThreadState.OPEN_ME: "you owe",
    ThreadState.OPEN_THEM: "they owe",
    ThreadState.CLOSED: "closed",
}


def threads(*, mailbox: str, state: ThreadState | None, limit: int, as_json: bool) -> None:
    """Show the threads with the newest mail."""
    with errors_told():
        settings = load_settings()
    run(_threads(settings, ThreadQuery(mailbox=mailbox.lower(), state=state, limit=limit), as_json=as_json))


async def _threads(settings: Settings, query: ThreadQuery, *, as_json: bool) -> None:
    async with open_store(settings) as database:
        items = (await database.threads.list(query)).items
    if as_json:
        for item in items:
            print_json(thread_shape(item))
        return
    table = Table("state", "last mail", "due", "subject, people and why", box=None, header_style="bold")
    for column in table.columns[:3]:
        column.no_wrap = True
    for item in items:
        table.add_row(*_row(item, named=not query.mailbox))
    out.print(table)
    err.print(f"{len(items)} {'thread' if len(items) == 1 else 'threads'}.", highlight=False)


def _row(item: StoredThread, *, named: bool) -> tuple[str | Text, ...]:
    thread, debt = item.thread, item.thread.debt
    others = [person for person in thread.people if person != item.mailbox]
    lines = [thread.subject or "(no subject)", ", ".join(others[:3]) + (" ..." if len(others) > 3 else ""), thread.why]
    lines += [f"{item.prose} ({item.prose_by})"] if item.prose else []
    lines += [f"in {item.mailbox}"] if named else []
    due = debt.due.isoformat() if debt is not None and debt.due is not None else ""
    told = Text("\n").join(Text(line) for line in lines if line)
    return _WORDS[thread.state], thread.last_at.strftime("%Y-%m-%d"), due, told
