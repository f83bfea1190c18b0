"""`glassdome categories`: list, save and remove the categories of an owner's own, and give one to a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from rich.table import Table
from rich.text import Text

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import errors_told, load_settings, operator, out, print_json, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import InputError
from glassdome.desk import category_edits
from glassdome.desk.category_edits import CategoriesOf, CategoryGift, CategoryName, CategorySave
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.services import Services
from glassdome.desk.wiring import services_of

__all__ = ["give", "list_all", "remove", "save"]


def list_all(mailbox: str, *, as_json: bool) -> None:
    """Show the categories of a mailbox, by name."""
    found = _done(category_edits.list_categories, CategoriesOf, mailbox=mailbox)
    if as_json:
        print_json(found)
        return
    if not found["categories"]:
        out.print("No categories of the owner's own.")
        return
    table = Table(box=None, header_style="bold")
    for name in ("category", "words", "senders", "keyword"):
        table.add_column(name, overflow="fold")
    for one in found["categories"]:
        cells = (one["name"], ", ".join(one["words"]), ", ".join(one["senders"]), one["keyword"])
        table.add_row(*map(Text, cells))
    out.print(table)


def save(
    mailbox: str, name: str, *, old: str, words: list[str] | None, senders: list[str] | None, keyword: bool | None
) -> None:
    """Add a category or change it; None leaves a part as it is."""
    given = {"name": name, "old": old, "words": words, "senders": senders, "keyword": keyword}
    _done(category_edits.save, CategorySave, mailbox=mailbox, **given)
    out.print(Text(f"The category {name} is stored."))


def remove(mailbox: str, name: str) -> None:
    """Remove a category, also from the messages that have it."""
    _done(category_edits.remove, CategoryName, mailbox=mailbox, name=name)
    out.print(Text(f"The category {name} is removed."))


def give(mailbox: str, email_id: str, name: str, *, folder: str) -> None:
    """Give a message a category; an empty name takes the present one off."""
    given = {"email_id": email_id, "folder": folder, "category": name}
    _done(category_edits.give_category, CategoryGift, mailbox=mailbox, **given)
    out.print(Text(f"The message has the category {name}." if name else "The message has no category any more."))


def _done(work: Callable[[Services, Caller, Any], Awaitable[Any]], shape: type[BaseModel], **given: Any) -> Any:
    """Do it as the one who runs the shell; `given` is checked as over REST."""
    with errors_told():
        settings, body = load_settings(), _checked(shape, given)
    return run(_worked(settings, lambda services, caller: work(services, caller, body)))


def _checked(shape: type[BaseModel], given: dict[str, Any]) -> BaseModel:
    try:
        return shape(**given)
    except ValidationError as exc:
        found = exc.errors()[0]
        raise InputError(f"{'.'.join(map(str, found['loc']))}: {found['msg']}.") from exc


async def _worked(settings: Settings, work: Callable[[Services, Caller], Awaitable[Any]]) -> Any:
    async with open_app(settings, clock=SystemClock()) as app:
        return await work(services_of(app), Caller(name=operator(), scope=Scope.RW))
