"""Categories of an owner's own as programs see and change them: by REST, by MCP and in the shell."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_OWN_CATEGORY_CHARS, MAX_OWN_CATEGORY_WORD_CHARS, MAX_OWN_CATEGORY_WORDS
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField
from glassdome.desk.own_category import categories_of, categorize, remove_category, save_category
from glassdome.desk.services import Services
from glassdome.values.own_category import OwnCategory, keyword_of
from glassdome.values.refs import INBOX

__all__ = [
    "CategoriesOf",
    "CategoriesShape",
    "CategoryEdit",
    "CategoryGift",
    "CategoryName",
    "CategorySave",
    "change_category",
    "give_category",
    "list_categories",
    "remove",
    "save",
]

_SAVED: Final[dict[str, JsonValue]] = {
    "action": "save",
    "mailbox": "user@domain.com",
    "name": "House move",
    "words": ["boxes", "van"],
    "senders": ["@movers.example"],
}
_RENAMED: Final[dict[str, JsonValue]] = {
    "action": "save",
    "mailbox": "user@domain.com",
    "old": "House move",
    "name": "Home",
}
_GIVEN: Final[dict[str, JsonValue]] = {"mailbox": "user@domain.com", "email_id": "12345", "category": "Home"}

_Word = Annotated[str, Field(min_length=1, max_length=MAX_OWN_CATEGORY_WORD_CHARS)]
_Name = Annotated[str, Field(max_length=MAX_OWN_CATEGORY_CHARS)]


class CategoriesOf(BaseModel):
    """The mailbox whose categories are listed."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxField


class CategoryShape(BaseModel):
    """One category."""

    name: str
    words: list[str] = Field(description="New mail gets it with one of them in its subject")
    senders: list[str] = Field(description="New mail of them gets it: addresses, or `@` and a domain")
    keyword: str = Field(description="The IMAP keyword on its mail; empty where it wants none")


class CategoriesShape(BaseModel):
    """The categories of a mailbox, by name."""

    mailbox: str
    categories: list[CategoryShape]


class CategoryName(CategoriesOf):
    """One category of a mailbox."""

    name: Annotated[_Name, Field(min_length=1)]


class CategorySave(CategoryName):
    """The category to save. A part that is not given stays; renamed, its mail follows."""

    old: Annotated[_Name, Field(description="To save: the name until now, where it changes")] = ""
    words: Annotated[
        list[_Word] | None,
        Field(max_length=MAX_OWN_CATEGORY_WORDS, description="Words of the subject that give it to new mail"),
    ] = None
    senders: Annotated[
        list[_Word] | None,
        Field(max_length=MAX_OWN_CATEGORY_WORDS, description="Addresses, or `@` and a domain, that give it"),
    ] = None
    keyword: Annotated[bool | None, Field(description="Mark its mail for mail programs")] = None


class CategoryEdit(CategorySave):
    """Save or remove one category. A part that is not given stays; renamed, its mail follows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SAVED, _RENAMED]})

    action: Literal["save", "remove"]


class CategoryGift(BaseModel):
    """The category of one message."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_GIVEN]})

    mailbox: MailboxField
    email_id: EmailIdField
    folder: FolderField = INBOX
    category: Annotated[_Name, Field(description="Empty takes the present one off")]


async def list_categories(services: Services, caller: Caller, whose: CategoriesOf) -> dict[str, Any]:
    """Return the JSON object of a mailbox's categories; raises InputError, AccessDenied."""
    mailbox = as_mailbox(whose.mailbox)
    found = await categories_of(services, caller, mailbox)
    return {"mailbox": mailbox, "categories": [_shape(one) for one in found]}


async def change_category(services: Services, caller: Caller, body: CategoryEdit) -> dict[str, Any]:
    """Save or remove one and return all of the mailbox; raises as the two. Audited."""
    if body.action == "save":
        return await save(services, caller, body)
    if body.model_fields_set - {"action", "mailbox", "name"}:
        raise InputError("To remove a category takes its name alone.")
    return await remove(services, caller, body)


async def save(services: Services, caller: Caller, body: CategorySave) -> dict[str, Any]:
    """Save one and return all of the mailbox; raises as `save_category`. Audited."""
    parts: dict[str, Any] = {"words": body.words, "senders": body.senders, "keyword": body.keyword}
    await save_category(services, caller, as_mailbox(body.mailbox), old=_plain(body.old), name=body.name, **parts)
    return await list_categories(services, caller, body)


async def remove(services: Services, caller: Caller, body: CategoryName) -> dict[str, Any]:
    """Remove one and return those left; raises as `remove_category`. Audited."""
    await remove_category(services, caller, as_mailbox(body.mailbox), _plain(body.name))
    return await list_categories(services, caller, body)


async def give_category(services: Services, caller: Caller, body: CategoryGift) -> dict[str, str]:
    """Give a message a category and return both; raises InputError, AccessDenied, NotFound. Audited."""
    mailbox = as_mailbox(body.mailbox)
    wanted = parse_email_id(body.email_id, body.folder)
    found = await categorize(services, caller, mailbox, wanted, body.category)
    return {"email_id": str(found.ref), "category": _plain(body.category)}


def _plain(name: str) -> str:
    """Return a name as it is stored: each run of blanks is one."""
    return " ".join(name.split())


def _shape(category: OwnCategory) -> dict[str, Any]:
    return {
        "name": category.name,
        "words": list(category.words),
        "senders": list(category.senders),
        "keyword": keyword_of(category),
    }
