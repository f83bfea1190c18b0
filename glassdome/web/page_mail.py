"""The first page: what came, received last first or in another order; and above it what could not be judged."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from glassdome.desk.http import Wired
from glassdome.desk.lookup import Filters
from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.web.mailboxes import offered, reading
from glassdome.web.page import PageRoute, render
from glassdome.web.unjudged import unjudged, unsent
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_ROWS: Final = 50
_SINCE: Final = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_SHOW: Final[dict[str, dict[str, bool]]] = {
    "phishing": {"phishing": True},
    "rest": {"phishing": False},
    "sensitive": {"sensitive": True},
    "degraded": {"degraded": True},
}

_ORDERS: Final = {"received": "Received", "priority": "Priority", "phishing": "Phishing score"}


class MailParameters(BaseModel):
    """The fields of the search form; empty fields narrow nothing."""

    text: Annotated[str, Field(max_length=200)] = ""
    mailbox: str = ""
    show: Literal["", "phishing", "rest", "sensitive", "degraded"] = ""
    category: Annotated[str, Field(max_length=100)] = ""
    priority: Literal["", "5", "7", "9"] = ""
    since: Literal["", "24h", "7d", "30d"] = ""
    sort: Literal["received", "priority", "phishing"] = "received"
    cursor: Annotated[str, Field(max_length=500)] = ""

    @property
    def narrowed(self) -> bool:
        """Return whether any filter is set."""
        return any(self.model_dump(exclude={"cursor", "sort"}).values())

    def filters(self, now: datetime) -> Filters:
        """Return the same as the REST API's filters."""
        return Filters(
            text=self.text.strip(),
            mailbox=self.mailbox.strip(),
            category=self.category,
            priority=int(self.priority) if self.priority else None,
            since=now - _SINCE[self.since] if self.since else None,
            **_SHOW.get(self.show, {}),
        )


@router.get("/")
async def mail(
    request: Request, services: Wired, visitor: Reads, wanted: Annotated[MailParameters, Query()]
) -> Response:
    """Show one page of analyses."""
    caller = visitor.signed_in_by
    query = wanted.filters(services.clock.now()).query(caller, limit=_ROWS, cursor=wanted.cursor, sort=wanted.sort)
    page = await services.analyses.documents(query)
    rows = [json.loads(item) for item in page.items]
    first = not wanted.cursor and not wanted.show
    mailboxes = await offered(services, caller)
    return render(
        request,
        "mail.html",
        visitor,
        rows=rows,
        unsent=await unsent(services, rows),
        orders=_ORDERS,
        next_cursor=page.next_cursor,
        wanted=wanted,
        kept=wanted.model_dump(exclude={"cursor"}),
        unjudged=await unjudged(services, caller, query.mailbox) if first else None,
        mailboxes=mailboxes,
        reading=await reading(services, caller, mailboxes) if not page.items else None,
        categories=sorted({*CATEGORIES, *([wanted.category] if wanted.category else [])}),
    )
