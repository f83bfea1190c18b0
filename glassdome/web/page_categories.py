"""Settings of a mailbox's own categories: names, and the words and senders by which new mail gets them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import InputError
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.http import Wired
from glassdome.desk.own_category import categories_of, remove_category, save_category
from glassdome.values.own_category import OwnCategory, keyword_of
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.tongue import gettext
from glassdome.web.visitor import Reads, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/categories")
async def categories(request: Request, services: Wired, visitor: Reads, mailbox: str = "") -> Response:
    """Show the categories of a mailbox, each as a form, and an empty one."""
    address = as_mailbox(mailbox.strip())
    known = await categories_of(services, visitor.signed_in_by, address)
    return render(
        request,
        "categories.html",
        visitor,
        mailbox=address,
        known=known,
        empty=OwnCategory(mailbox=address, name=""),
        keyword_of=keyword_of,
    )


@router.post("/categories")
async def change(services: Wired, form: Written) -> Response:
    """Store or remove one category."""
    mailbox = as_mailbox(form["mailbox"])
    if form["do"] == "remove":
        await remove_category(services, form.caller, mailbox, form["old"])
        return redirect("categories", mailbox=mailbox, done="category_removed")
    if form["do"] != "save":
        raise InputError(gettext("Choose whether to save or to remove the category."))
    await save_category(
        services,
        form.caller,
        mailbox,
        old=form["old"],
        name=form["name"],
        words=form["words"].splitlines(),
        senders=form["senders"].splitlines(),
        keyword=form["keyword"] == "on",
    )
    return redirect("categories", mailbox=mailbox, done="category_saved")
