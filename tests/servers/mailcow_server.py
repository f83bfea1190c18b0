"""A wire-level mailcow: the REST API's shapes and quirks, served over HTTP or called in process.

Follows what was seen of mailcow 2026-07: HTTP 200 for refusals, empty pages for missing keys and PHP errors, `{}` for
empty lists, several elements per answer, a session cookie for every call that brings none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.mailcow_state import Danger, MailcowState

__all__ = ["MailcowServer"]

_SECRET: Final = ("password", "password2")


class MailcowServer:
    """An ASGI application (`app`) over a `MailcowState`.

    `requests` records (verb/route, headers) of every call; `sessions` counts the calls that brought no cookie.
    `denied` are the addresses that no key may be used from, as a proxy names them.
    `break_with` makes every further call answer as a PHP exception does: 200 and nothing.
    """

    def __init__(self, state: MailcowState, *, rw_key: str = "RW-KEY", ro_key: str = "RO-KEY") -> None:
        """Keys as mailcow has them: one for reading and writing, one for reading."""
        self.state = state
        self._keys = {rw_key: "rw", ro_key: "ro"}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.sessions = 0
        self.broken = False
        self.denied: set[str] = set()
        self.app_passwords: dict[str, list[dict[str, Any]]] = {}
        self.aliases: list[dict[str, Any]] = []
        self.alias_domains: list[dict[str, Any]] = []
        self.app = Starlette(routes=[Route("/api/v1/{verb}/{route:path}", self._serve, methods=["GET", "POST", "PUT"])])

    async def _serve(self, request: Request) -> Response:
        # nginx has decoded the path and passes it on as a query, which PHP decodes again: a `+` is a blank by then.
        verb, route = request.path_params["verb"], unquote_plus(request.path_params["route"])
        self.requests.append((f"{verb}/{route}", dict(request.headers)))
        response = await self._judge(request, verb, route.strip("/").split("/"))
        if "MCSESSID" not in request.cookies:
            self.sessions += 1
            response.set_cookie("MCSESSID", f"s{self.sessions}", httponly=True)
        return response

    async def _judge(self, request: Request, verb: str, route: list[str]) -> Response:
        key = request.headers.get("x-api-key")
        access = self._keys.get(key or "")
        visitor = request.headers.get("x-forwarded-for", "")
        if access is not None and visitor in self.denied:
            return _page({"type": "error", "msg": f"api access denied for ip {visitor}"}, 401)
        if key and access is None:
            return _page({"type": "error", "msg": "authentication failed"}, 401)
        if self.broken:
            return Response(b"", 200, media_type="text/html")
        if verb == "get":
            if access is None:
                return Response(b"", 200, media_type="text/html")
            return self._get(request, route)
        if access is None and verb == "add":
            return _page([_element("danger", "access_denied", route)], 200)
        if access != "rw":
            return _page({"type": "error", "msg": "API read/write access denied"}, 403)
        return await self._write(request, verb, route)

    def _get(self, request: Request, route: list[str]) -> Response:
        state, noun, rest = self.state, route[0], route[1:]
        tags = {t for t in request.query_params.get("tags", "").split(",") if t}
        rows: list[Any] = []
        if noun == "mailbox" and rest[:1] == ["all"]:
            rows = [m for m in state.mailboxes.values() if not rest[1:] or m["domain"] in rest[1].split(",")]
            rows = [m for m in rows if tags <= set(m["tags"])]
        elif noun == "mailbox" and rest:
            return _page(state.mailboxes.get(rest[0]) or {}, 200)
        elif noun == "domain" and rest[:1] == ["all"]:
            rows = [state.domain_row(name) for name in state.domains]
        elif noun == "domain" and rest:
            return _page(state.domain_row(rest[0]) if rest[0] in state.domains else {}, 200)
        elif noun == "app-passwd" and rest[:1] == ["all"]:
            rows = self.app_passwords.get(rest[1], [])
        elif noun == "alias" and rest == ["all"]:
            rows = self.aliases
        elif noun == "alias-domain" and rest == ["all"]:
            rows = self.alias_domains
        elif noun == "rl-mbox" and rest:
            value, frame = state.rate_limits.get(rest[0], ("", ""))
            return _page({"value": value, "frame": frame} if value else {}, 200)
        elif noun == "passwordpolicy":
            return _page(state.policy, 200)
        elif noun == "status" and rest == ["version"]:
            return _page({"version": "2026-07a"}, 200)
        else:
            return _page({"type": "error", "msg": "route not found"}, 404)
        return _page(rows or {}, 200)

    async def _write(self, request: Request, verb: str, route: list[str]) -> Response:
        if request.method != "POST":
            return _page({"type": "error", "msg": "only POST method is allowed"}, 405)
        if "content-type" not in request.headers:
            return _page({"type": "error", "msg": "Cannot find attributes in post data"}, 200)
        try:
            body = json.loads(await request.body())
        except ValueError:
            return _page({"type": "error", "msg": "Request body doesn't contain valid json!"}, 400)
        operation = self._operations().get(f"{verb}/{'/'.join(route)}")
        if operation is None:
            return _page({"type": "error", "msg": "route not found"}, 404)
        try:
            # In a thread, since `on_mailboxes` may write files.
            messages = await asyncio.to_thread(operation, body)
        except Danger as danger:
            told = [_element("success", m, route) for m in danger.also]
            return _page([*told, _element("danger", danger.message, route)], 200)
        return _page([_element("success", m, route, body) for m in messages], 200)

    def _operations(self) -> dict[str, Callable[[Any], list[Any]]]:
        state = self.state
        return {
            "add/mailbox": state.add_mailbox,
            "delete/mailbox": lambda b: [m for item in b for m in state.delete_mailbox(item)],
        }


def _element(kind: str, message: Any, route: list[str], body: Any = None) -> dict[str, Any]:
    shown = {k: "*" if k in _SECRET else v for k, v in body.items()} if isinstance(body, dict) else {}
    return {"type": kind, "log": ["mailbox", *route, shown, None], "msg": message}


def _page(body: Any, status: int) -> Response:
    # mailcow sends its JSON errors as text/html.
    return JSONResponse(body, status, media_type="application/json" if status == 200 else "text/html")
