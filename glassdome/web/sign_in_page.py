"""The page to sign in on, with the ways that are open."""

from __future__ import annotations

from fastapi import Request, Response

from glassdome.core.secrets import reveal
from glassdome.desk.people import takes_mailcow_keys, takes_passwords
from glassdome.desk.services import Services
from glassdome.web.page import render
from glassdome.web.visitor import Visitor

__all__ = ["sign_in_form"]


def sign_in_form(
    request: Request,
    services: Services,
    visitor: Visitor,
    back: str,
    *,
    from_elsewhere: bool = False,
    status: int = 200,
    address: str = "",
    problem: str = "",
) -> Response:
    """Return the page; `problem` is why a sign-in failed that is neither a wrong password nor a wrong key."""
    settings = services.settings()
    by_provider = services.provider is not None and settings.signs_in_by_provider
    return render(
        request,
        "sign_in.html",
        visitor,
        status=status,
        back=back,
        from_elsewhere=from_elsewhere,
        wrong=status == 401,
        unchecked=status == 503 and not problem,
        problem=problem,
        address=address,
        by_mailbox=takes_passwords(services),
        provider=settings.oidc_name if by_provider else "",
        signed_out_here=by_provider and request.query_params.get("done") == "signed_out_here",
        by_mailcow=takes_mailcow_keys(services),
        keys_there=bool(reveal(settings.api_keys)),
    )
