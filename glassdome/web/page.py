"""Pages: templates, headers, refusals as pages; the only file of the web UI that translates errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import ValidationError

from glassdome.core.errors import GlassdomeError, InputError, NotAuthenticated, RateLimited
from glassdome.core.log import get_logger
from glassdome.core.secrets import SecretBox
from glassdome.core.translate import LANGUAGES
from glassdome.core.undo_links import UndoLinks
from glassdome.desk.message_text import TextReader
from glassdome.desk.rate import RateLimit
from glassdome.shapes.said import said
from glassdome.web import figures, tongue, words
from glassdome.web.flows import Flows
from glassdome.web.kept_courses import KeptCourses
from glassdome.web.notices import NOTICES
from glassdome.web.session import LIFETIME, Sessions, WebSession
from glassdome.web.sign_in_limiter import SignInLimiter
from glassdome.web.times import Times
from glassdome.web.untrusted_text import mail_text, mail_with_hosts, plain_text
from glassdome.web.visitor import FORM_COOKIE, TOKEN_FIELD, Visitor

__all__ = [
    "PageRoute",
    "Web",
    "is_secure",
    "link",
    "message_link",
    "message_name",
    "redirect",
    "refused",
    "render",
    "set_cookie",
]

_log = get_logger(__name__)
#: Nothing but our own files, no inline script or style; `connect-src` lets our script reload the page.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: What would end a folder's name in the name of a message, or be undone there as a code. Nothing else is quoted: the
#: link does that itself, and quoted twice the names of folders in other scripts are too long.
_MEANINGFUL: Final = re.compile(r"[%;\x00-\x1f\x7f]")
_MEDIA: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file of ours, held in memory; `version` changes with its content."""

    content: bytes
    media: str
    version: str


class Web:
    """The state that all pages share: templates, files, sessions, sign-in limits. Made once per application; reads
    files.
    """

    def __init__(self, box: SecretBox) -> None:
        """`box` seals the sessions, and signed the links of digests."""
        self.sessions, self.flows = Sessions(box), Flows(box)
        self.sign_in_limiter = SignInLimiter()
        self.undo_links, self.link_limiter = UndoLinks(box), RateLimit()
        self.texts = TextReader()
        self.courses = KeptCourses()
        self.files = {file.name: _held(file) for file in files("glassdome.web").joinpath("static").iterdir()}
        self.templates = Environment(
            loader=PackageLoader("glassdome.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        tongue.put_into(self.templates)
        self.templates.filters |= {
            "category": words.category_word,
            "duration": figures.duration,
            "fact_kind": words.fact_kind,
            "mail": mail_text,
            "number": figures.number,
            "size": figures.size,
            "mail_with_hosts": mail_with_hosts,
            "place": words.place,
            "plain": plain_text,
            "said": lambda text: said(text, tongue.language()),
            "sender": words.sender,
            "span": words.span,
        }
        self.templates.globals |= {
            "ATTENTION": words.ATTENTION,
            "TOKEN_FIELD": TOKEN_FIELD,
            "JOB_STATES": words.JOB_STATES,
            "JOB_REASONS": words.JOB_REASONS,
            "CORRECTIONS": words.CORRECTIONS,
            "LANGUAGES": LANGUAGES,
            "N_": tongue.N_,
            "STANDINGS": words.STANDINGS,
            "action_state": words.action_state,
            "action_words": words.action_words,
            "first_due": words.first_due,
            "kind_of": words.kind_of,
            "language": tongue.language,
            "language_tag": tongue.language_tag,
            "link": link,
            "message_link": message_link,
            "message_name": message_name,
            "versions": {name: file.version for name, file in self.files.items()},
        }
        for name in self.templates.list_templates():
            self.templates.get_template(name)


def _held(file: Any) -> StaticFile:
    content = file.read_bytes()
    media = _MEDIA["." + file.name.rpartition(".")[2]]
    return StaticFile(content=content, media=media, version=sha256(content).hexdigest()[:12])


def link(page: str, **parameters: Any) -> str:
    """Return a link within the web UI: relative, so that it holds behind any prefix; empty parameters are left out."""
    kept = {name: str(value) for name, value in parameters.items() if value not in ("", None)}
    return f"./{page}?{urlencode(kept)}" if kept else f"./{page}"


def message_link(row: Mapping[str, Any], page: str = "message", **more: Any) -> str:
    """Return the link to one message, named as RFC 5092 does, so that it holds after a folder was rebuilt."""
    return link(page, mailbox=row["mailbox"], id=message_name(row), **more)


def message_name(row: Mapping[str, Any]) -> str:
    """Return the name of a message in its mailbox, as RFC 5092 writes it."""
    folder = _MEANINGFUL.sub(lambda found: quote(found[0], safe=""), row["folder"])
    return f"{folder};UIDVALIDITY={row['uid_validity']};UID={row['email_id']}"


def render(
    request: Request, template: str, visitor: Visitor | None, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page. Its forms carry the visitor's token, and the answer a cookie for it where there is none yet."""
    web: Web = request.app.state.web
    now = request.app.state.services.clock.now()
    text = web.templates.get_template(template).render(
        visitor=visitor,
        now=now,
        age=Times(now=now, zone=visitor.zone if visitor is not None else UTC),
        span_since=lambda instant: words.span((now - datetime.fromisoformat(instant)).total_seconds()),
        chosen_language=request.cookies.get(tongue.LANGUAGE_COOKIE, ""),
        notice=tongue.raw_gettext(NOTICES.get(request.query_params.get("done", ""), "")),
        **context,
    )
    # Mail can hold halves of surrogate pairs, which UTF-8 cannot carry.
    answer = HTMLResponse(
        text.encode("utf-8", "replace"),
        status_code=status,
        headers={"Content-Security-Policy": _POLICY, "Content-Language": tongue.language_tag()},
    )
    if visitor is not None and visitor.form_is_new:
        set_cookie(request, answer, FORM_COOKIE, visitor.form)
    return answer


def set_cookie(request: Request, answer: Response, name: str, session: WebSession) -> None:
    """Keep the session in the browser: out of reach of scripts, never sent along from foreign sites.

    Without a path the cookie belongs to the folder of the page (RFC 6265 5.1.4), as the browser sees it, also behind a
    proxy that adds a prefix. A forged X-Forwarded-Proto can only make it more secret.
    """
    sealed, secure = request.app.state.web.sessions.seal(session), is_secure(request)
    age = int(LIFETIME.total_seconds())
    answer.set_cookie(name, sealed, max_age=age, path=None, secure=secure, httponly=True, samesite="strict")


def is_secure(request: Request) -> bool:
    """Return whether the browser came by https, to us or to the proxy in front."""
    return request.url.scheme == "https" or request.headers.get("X-Forwarded-Proto") == "https"


def redirect(page: str, **parameters: Any) -> RedirectResponse:
    """Answer a form that was carried out: show that page."""
    return RedirectResponse(link(page, **parameters), status_code=303)


def refused(
    request: Request, visitor: Visitor | None, sentence: str, *, status: int, fix: str = "", settings_of: str = ""
) -> Response:
    """Return the page that says why something was not done; with `settings_of` it leads to that mailbox's settings."""
    said = {"sentence": sentence, "fix": fix, "settings_of": settings_of, "http_status": status}
    return render(request, "refused.html", visitor, status=status, **said)


class PageRoute(APIRoute):
    """A route whose refusals are pages too; a visitor without a session is asked to sign in, and led back afterwards."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            tongue.speak(tongue.asked_for(request))
            try:
                return await handle(request)
            except NotAuthenticated as exc:
                return _asked_to_sign_in(request, exc)
            except GlassdomeError as exc:
                return _refused(request, exc)
            except (RequestValidationError, ValidationError) as exc:
                return _refused(request, InputError(_why(exc)))

        return shown


def _asked_to_sign_in(request: Request, exc: NotAuthenticated) -> Response:
    if "X-Glassdome-Proxy-Secret" in request.headers or "X-Glassdome-Scope" in request.headers:
        return _refused(request, exc)
    page = request.url.path.rpartition("/")[2]
    back = f"{page}?{request.url.query}" if request.url.query else page
    if request.method != "GET":
        return redirect("sign-in", done="ended")
    return redirect("sign-in", next=back)


def _refused(request: Request, exc: GlassdomeError) -> Response:
    if exc.status >= 500:
        _log.warning("page_error", path=request.url.path, code=exc.code, msg=exc.public_message, **exc.facts)
        request.app.state.services.metrics.errors.labels(exc.code).inc()
    said, fix = tongue.refusal(exc)
    answer = refused(request, None, said, fix=fix, status=exc.status)
    if isinstance(exc, RateLimited):
        answer.headers["Retry-After"] = str(exc.facts.get("retry_after", 60))
    return answer


def _why(exc: RequestValidationError | ValidationError) -> str:
    found = []
    for error in exc.errors()[:5]:
        name = ".".join(str(part) for part in error["loc"] if part not in ("query", "body"))
        found.append(f"{name}: {error['msg']}.")
    return " ".join(found)
