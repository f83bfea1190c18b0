"""The first page: what came, received last first or in another order; and above it what could not be judged."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from glassdome.core.limits import MAX_ADDRESS_CHARS
from glassdome.desk.http import Wired
from glassdome.desk.lookup import Filters
from glassdome.desk.services import Services
from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.ports.store import AnalysisQuery
from glassdome.web.mailboxes import narrowed_to, offered, reading
from glassdome.web.page import PageRoute, render
from glassdome.web.tongue import N_
from glassdome.web.unjudged import marks_of, unjudged, unsent
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_ROWS: Final = 50
_SINCE: Final = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_SHOW: Final[dict[str, dict[str, Any]]] = {
    "now": {"attention": "now", "done": False},
    "answer": {"attention": "answer", "done": False},
    "done": {"done": True},
    "phishing": {"phishing": True},
    "spam": {"label": "spam"},
    "rest": {"phishing": False},
    "sensitive": {"sensitive": True},
    "degraded": {"degraded": True},
}

#: The views that everybody has.
_TABS: Final = {
    "": N_("All"),
    "now": N_("Act now"),
    "answer": N_("To answer"),
    "phishing": N_("Phishing"),
    "spam": N_("Spam"),
    "done": N_("Done"),
}
_TOKEN: Final = re.compile(r"[\w-]{16,64}")
_COUNT: Final = re.compile(r"[0-9]{1,4}")
_ORDERS: Final = {"received": N_("Received"), "priority": N_("Priority"), "phishing": N_("Phishing score")}


class MailParameters(BaseModel):
    """The fields of the search form; empty fields narrow nothing."""

    text: Annotated[str, Field(max_length=200)] = ""
    mailbox: Annotated[str, Field(max_length=MAX_ADDRESS_CHARS)] = ""
    show: Literal["", "now", "answer", "done", "phishing", "spam", "rest", "sensitive", "degraded"] = ""
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
    seen = narrowed_to(caller, query.mailbox)
    everything = AnalysisQuery(mailbox=query.mailbox, mailboxes=seen.mailboxes, domains=seen.domains)
    known = await offered(services, caller)
    first = not wanted.cursor and not wanted.show
    return render(
        request,
        "mail.html",
        visitor,
        rows=rows,
        unsent=await unsent(services, rows),
        orders=_ORDERS,
        next_cursor=page.next_cursor,
        wanted=wanted,
        kept=_kept(wanted),
        unjudged=await unjudged(services, caller, query.mailbox) if first else None,
        mailboxes=known,
        reading=await reading(services, caller, known) if not page.items else None,
        categories=sorted({*CATEGORIES, *([wanted.category] if wanted.category else []), *await _own(services, known)}),
        marks=await marks_of(services, rows),
        totals=await services.analyses.statistics(everything),
        tabs=_TABS,
        views=await services.owners.views_of(caller.name),
        here_query=urlencode({name: value for name, value in _kept(wanted).items() if value}),
        changed=_counted(request, "changed"),
        left=_counted(request, "left"),
        undo=_token(request),
    )


def _kept(wanted: MailParameters) -> dict[str, str]:
    """Return the parameters that links within the list keep: those that differ from what holds without them."""
    return wanted.model_dump(exclude={"cursor"})


async def _own(services: Services, mailboxes: list[str]) -> tuple[str, ...]:
    return await services.owners.categories.names(mailboxes)


def _counted(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if _COUNT.fullmatch(text) else 0


def _token(request: Request) -> str:
    text = request.query_params.get("undo", "")
    return text if _TOKEN.fullmatch(text) else ""
