"""The digest of a mailbox, to be read before it is sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.desk.digest import DigestParameters, DigestShape, digest_of
from glassdome.desk.http import Wired

__all__ = ["router"]

router = APIRouter(tags=["preferences"])


@router.get("/api/v1/get/llm/digest", summary="A mailbox's digest", response_model=DigestShape, responses=refusals())
async def get_digest(services: Wired, caller: Reader, parameters: Annotated[DigestParameters, Query()]) -> Response:
    """Answer the digest in the owner's language, from the begin of the last period to this moment; nothing is sent."""
    return JSONResponse(await digest_of(services, caller, parameters))
