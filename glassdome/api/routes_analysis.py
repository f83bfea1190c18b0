"""Reading analyses: one, or a list with filters and pages."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, next_page, tagged
from glassdome.core.errors import InvalidQuery, NotFound
from glassdome.core.limits import MAX_EMAIL_ID_CHARS, MAX_PAGE
from glassdome.core.translate import preferred_language
from glassdome.desk.email_id import parse_email_id
from glassdome.desk.http import Wired
from glassdome.desk.lookup import Filters, find_document
from glassdome.ports.store import AnalysisQuery, Sort
from glassdome.shapes.analysis import AnalysisShape
from glassdome.shapes.said import is_spoken, said_analysis

__all__ = ["router"]

router = APIRouter(tags=["analysis"])
#: Caches keep the answers in different languages apart (RFC 9110 12.5.5).
_VARIES: Final = {"Vary": "X-API-Key, Accept-Language"}


class AnalysisParameters(Filters):
    """One message, or filters and paging of a list."""

    email_id: Annotated[
        str,
        Field(
            max_length=MAX_EMAIL_ID_CHARS, description="One message: UID, `INBOX;UIDVALIDITY=1;UID=5`, `<Message-ID>`"
        ),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows of a page")] = 50
    offset: Annotated[
        int, Field(ge=0, le=10_000_000, description="Rows to skip; `cursor` is quicker, and with `text` the only way")
    ] = 0
    cursor: Annotated[
        str, Field(max_length=500, description="`X-Next-Cursor` of the page before, with the same `sort`")
    ] = ""
    sort: Annotated[
        Sort, Field(description="By what, the highest first: when judged or received, priority, phishing score")
    ] = "judged"
    language: Annotated[
        str,
        Field(
            max_length=35,
            description="Our own sentences in this language (BCP 47), with `names` for label, categories and tags;"
            " without it that of `Accept-Language`. Stored values are English",
        ),
    ] = ""


@router.get(
    "/api/v1/get/llm/analysis",
    summary="One analysis, or a list, the one judged last first",
    response_model=AnalysisShape | list[AnalysisShape],
    responses={**UNCHANGED, **refusals(404)},
)
async def get_analysis(
    request: Request, services: Wired, caller: Reader, parameters: Annotated[AnalysisParameters, Query()]
) -> Response:
    """With `email_id` one object, 404 when there is none: absence is never "safe". Without it a list.

    The next page's address is in the headers `Link` and `X-Next-Cursor`; on the last page they are missing.
    """
    query = parameters.query(
        caller, limit=parameters.limit, offset=parameters.offset, cursor=parameters.cursor, sort=parameters.sort
    )
    language = parameters.language or preferred_language(request.headers.get("Accept-Language", ""))
    if parameters.email_id:
        return tagged(request, spoken(await _one(services, query, parameters), language), _VARIES)
    page = await services.analyses.documents(query)
    items = (spoken(item, language) for item in page.items)
    return tagged(request, f"[{','.join(items)}]", next_page(request, page.next_cursor) | _VARIES)


def spoken(document: str, language: str) -> str:
    """Return the JSON text of an analysis with our sentences in `language`; English is stored, and given byte by byte."""
    if not is_spoken(language):
        return document
    return json.dumps(said_analysis(json.loads(document), language), ensure_ascii=False, separators=(",", ":"))


async def _one(services: Wired, query: AnalysisQuery, parameters: AnalysisParameters) -> str:
    if not query.mailbox:
        raise InvalidQuery("email_id needs a mailbox.")
    wanted = parse_email_id(parameters.email_id, parameters.folder or "INBOX")
    document = await find_document(services.analyses, query.mailbox, wanted)
    if document is None:
        raise NotFound("There is no analysis of this message.")
    return document
