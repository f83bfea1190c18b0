"""Signing in through the identity provider: there, and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from glassdome.core.errors import GlassdomeError, IdentityRefused, NotFound
from glassdome.core.limits import MAX_PROVIDER_WORD_CHARS, PROVIDER_FLOW_SECONDS
from glassdome.core.log import get_logger
from glassdome.desk.http import Wired, same_secret
from glassdome.desk.identities import person_of
from glassdome.desk.services import Services
from glassdome.ports.sign_in import IdentityProvider
from glassdome.values.identity import ProviderAnswer, ProviderFlow
from glassdome.web.back import our_page
from glassdome.web.begin import begin_session
from glassdome.web.flows import FLOW_COOKIE, new_flow
from glassdome.web.page import PageRoute, is_secure, redirect, render
from glassdome.web.sign_in_page import sign_in_form
from glassdome.web.tongue import gettext, refusal
from glassdome.web.tries import count_try
from glassdome.web.visitor import Anyone, Visitor

__all__ = ["provider_sign_out", "router"]

_log = get_logger(__name__)
router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_Word = Annotated[str, Query(max_length=MAX_PROVIDER_WORD_CHARS)]


@router.get("/provider")
async def to_provider(request: Request, services: Wired, visitor: Anyone, next: str = "") -> Response:
    """Lead the browser to the provider; a link and no form, since our pages' forms may lead nowhere else."""
    back = our_page(next)
    if visitor.caller is not None:
        return redirect(back)
    provider = _provider(services)
    count_try(request, services)
    flow = new_flow(back, now=services.clock.now())
    try:
        answer = RedirectResponse(await provider.address(flow), status_code=303)
    except GlassdomeError as exc:
        return _failed(request, services, visitor, back, exc)
    answer.set_cookie(
        FLOW_COOKIE,
        request.app.state.web.flows.seal(flow),
        max_age=PROVIDER_FLOW_SECONDS,
        path=None,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/provider-sign-out")
async def out_of_provider(request: Request, services: Wired, visitor: Anyone) -> Response:
    """Lead a browser that is signed out here to the provider's sign-out, which leads back to our sign-in page."""
    count_try(request, services)
    address = "" if visitor.caller is not None else await provider_sign_out(services)
    return RedirectResponse(address, status_code=303) if address else redirect("sign-in")


async def provider_sign_out(services: Services) -> str:
    """Return the address that ends the provider's session, empty where there is none or it cannot be asked."""
    if services.provider is None or not services.settings().signs_in_by_provider:
        return ""
    try:
        return await services.provider.sign_out_address()
    except GlassdomeError as exc:
        _log.warning("provider_sign_out_unknown", code=exc.code, problem=exc.message)
        return ""


@router.get("/provider-answer")
async def from_provider(
    request: Request,
    services: Wired,
    visitor: Anyone,
    code: _Word = "",
    state: _Word = "",
    error: _Word = "",
    iss: _Word = "",
) -> Response:
    """Begin a session for the person whom the provider's answer proves.

    The browser comes from another site, and keeps our new cookie to itself until it leaves from a page of ours: so the
    answer is such a page, which leads on by itself.
    """
    provider = _provider(services)
    count_try(request, services)
    flow = request.app.state.web.flows.open(request.cookies.get(FLOW_COOKIE), now=services.clock.now())
    if flow is None or not same_secret(state, flow.state):
        why = IdentityRefused(
            gettext("This browser began no such sign-in, or more than ten minutes ago."), fix=gettext("Begin again.")
        )
        return _failed(request, services, visitor, "", why)
    answer = ProviderAnswer(code=code, state=state, error=error, issuer=iss)
    shown = await _signed_in(request, services, visitor, provider, flow, answer)
    shown.delete_cookie(FLOW_COOKIE, path=None, httponly=True, samesite="lax")  # type: ignore[arg-type]
    return shown


async def _signed_in(
    request: Request,
    services: Services,
    visitor: Visitor,
    provider: IdentityProvider,
    flow: ProviderFlow,
    answer: ProviderAnswer,
) -> Response:
    try:
        person = await person_of(services, await provider.identity(flow, answer))
    except GlassdomeError as exc:
        return _failed(request, services, visitor, flow.back, exc)
    shown = render(request, "signed_in.html", None, back=our_page(flow.back))
    await begin_session(request, services, shown, person, before=visitor.session)
    return shown


def _provider(services: Services) -> IdentityProvider:
    if services.provider is None or not services.settings().signs_in_by_provider:
        raise NotFound(gettext("No identity provider is set."))
    return services.provider


def _failed(request: Request, services: Services, visitor: Visitor, back: str, exc: GlassdomeError) -> Response:
    _log.warning("provider_sign_in_failed", code=exc.code, problem=exc.message)
    # Settings are the administrator's affair: a visitor learns that they are wrong, and the log how.
    said = (
        " ".join(refusal(exc)).strip()
        if exc.status != 500
        else gettext("The identity provider cannot be used at present: its settings are wrong.")
    )
    return sign_in_form(request, services, visitor, back, status=exc.status, problem=said)
