"""Rspamd asks during its scan, with the raw message."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from glassdome.api.errors import refusals
from glassdome.api.request_guard import SCAN_PATH
from glassdome.api.scan import Scans, confidence, verdict_word
from glassdome.api.shared_secret import FromBeside

__all__ = ["router"]

router = APIRouter(tags=["rspamd"])


class ScanShape(BaseModel):
    """The verdict Rspamd's symbol is made of."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"verdict": "phishing", "confidence": 0.97, "model": "builtin"}}
    )

    verdict: Literal["phishing", "spam", "ham"]
    confidence: float
    model: str


@router.post(
    SCAN_PATH,
    summary="A verdict during the scan",
    dependencies=[FromBeside],
    response_model=ScanShape,
    responses={204: {"description": "No verdict: the mail goes its way"}, **refusals(keyed=False)},
    openapi_extra={"requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string"}}}}},
)
async def check(request: Request, scanner: Scans) -> Response:
    """Judge the raw message in the body with the built-in engine; 204 rather than late, since mail waits."""
    verdict = await scanner.verdict(await request.body())
    if verdict is None:
        return Response(status_code=204)
    return JSONResponse(
        {
            "verdict": verdict_word(verdict),
            "confidence": round(confidence(verdict), 4),
            "model": verdict.model or verdict.engine,
        }
    )
