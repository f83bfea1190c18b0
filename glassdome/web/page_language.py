"""The choice of the pages' language for this browser, before and after signing in."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import InputError
from glassdome.core.translate import LANGUAGES
from glassdome.web.page import PageRoute, is_secure, redirect
from glassdome.web.tongue import LANGUAGE_COOKIE, gettext
from glassdome.web.visitor import Filled

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_YEAR_SECONDS: Final = 365 * 86_400


@router.post("/language")
async def choose(request: Request, form: Filled) -> Response:
    """Keep the chosen language in the browser, or forget it, so that the browser's own settings decide again."""
    wanted = form["language"]
    if wanted and wanted not in LANGUAGES:
        raise InputError(gettext("Choose one of the languages."))
    answer = redirect("sign-in" if form.visitor.caller is None else "access")
    answer.set_cookie(
        LANGUAGE_COOKIE,
        wanted,
        max_age=_YEAR_SECONDS if wanted else 0,
        path=None,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer
