"""Reads mailcow's answers: HTTP 200 is not success, and an empty body is a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from glassdome.core.errors import ConnectFailed, MailcowRefused, ProtocolViolation, RateLimited

__all__ = ["WriteOutcome", "read_list", "read_object", "read_write", "refuse_busy"]

_MAKE_KEY: Final = (
    "Make a key in mailcow under System > Configuration > Access > API, allow this machine's address there, and set"
    " MAILCOW_API_KEY. User name and password are not accepted by mailcow's API."
)
#: What to do about the refusals an administrator meets; keys are mailcow's own words.
_FIXES: Final[Mapping[str, str]] = {
    "password_complexity": "Choose a password that meets the server's policy (GET get/passwordpolicy).",
    "password_mismatch": "Both password fields must be equal.",
    "mailbox_quota_exceeded": "Reduce quota_mb, or raise the domain's largest mailbox quota.",
    "mailbox_quota_left_exceeded": "Reduce quota_mb, or raise the domain's total quota.",
    "mailbox_defquota_exceeds_mailbox_maxquota": "Reduce the default quota, or raise the domain's largest one.",
    "max_mailbox_exceeded": "Raise the number of mailboxes the domain may have.",
    "domain_not_found": "Create the domain first.",
    "access_denied": "The domain or object does not exist, or the key may not write.",
    "mailbox_invalid": "Before the @ stand letters, digits and . _ - + only, and not nothing.",
    "domain_invalid": "Write the domain as mailcow lists it, such as example.org.",
    "object_exists": "It exists already.",
    "is_alias_or_mailbox": "An alias or mailbox of that name exists already.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """An accepted write: mailcow's messages as `code` or `[code, argument...]`, and what it only warned of."""

    messages: tuple[Any, ...]
    warnings: tuple[str, ...] = ()


#: Seconds to wait where an overloaded server does not say how long.
_WAIT: Final = 60
#: Statuses of a server, or of a proxy before it, that cannot answer now: PHP restarts, an update runs, a timeout.
_AWAY: Final = frozenset({500, 502, 503, 504, *range(520, 528)})


def refuse_busy(response: httpx.Response, host: str) -> None:
    """Raise the temporary error of a mailcow that cannot answer now, whatever page comes with it."""
    if response.status_code == 429:
        wait = _seconds(response.headers.get("retry-after", ""))
        raise RateLimited(
            f"mailcow at {host}, or a proxy before it, takes no more requests for now (HTTP 429).",
            fix=f"It is tried again; ask less often, or raise that limit. Wait {wait} seconds.",
            retry_after=wait,
        )
    if response.status_code in _AWAY:
        raise ConnectFailed(
            f"mailcow at {host} cannot answer at present (HTTP {response.status_code}).",
            fix="Is it being updated or restarted? If it stays so: docker compose ps php-fpm-mailcow nginx-mailcow.",
        )


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.isdecimal() and len(text) < 6 else _WAIT


def read_write(response: httpx.Response) -> WriteOutcome:
    """Judge the answer of add, edit or delete.

    Success is HTTP 200 with a non-empty JSON array none of whose elements is `danger` or `error`. Raises
    MailcowRefused with mailcow's words; `partial=True` among its facts says that an earlier element succeeded.
    """
    body = _body(response)
    elements = body if isinstance(body, list) else [body]
    if not elements or not all(isinstance(e, Mapping) for e in elements):
        raise ProtocolViolation("mailcow answered a write with something that is not its usual list.")
    refused = [e for e in elements if e.get("type") in ("danger", "error")]
    accepted = [e for e in elements if e.get("type") == "success"]
    if refused:
        raise _refusal(refused, partial=bool(accepted))
    warnings = tuple(_words(e.get("msg")) for e in elements if e.get("type") == "warning")
    if not accepted and warnings:
        raise MailcowRefused(f"mailcow did it only in part: {'; '.join(warnings)}.", reason=warnings[0], partial=True)
    return WriteOutcome(messages=tuple(e.get("msg") for e in accepted), warnings=warnings)


def read_list(response: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows of a list, which mailcow writes as a list or as an object of numbered rows; `{}` is none."""
    body = _body(response)
    if isinstance(body, Mapping):
        _refuse_error(body)
        if all(str(key).isdecimal() for key in body):
            return [dict(row) for row in body.values() if isinstance(row, Mapping)]
        return [dict(body)]
    if not isinstance(body, list):
        raise ProtocolViolation("mailcow answered a list request with something else.")
    for row in body:
        if isinstance(row, Mapping) and "msg" in row:
            _refuse_error(row)
    return [dict(row) for row in body if isinstance(row, Mapping)]


def read_object(response: httpx.Response) -> dict[str, Any] | None:
    """Return one object, None where mailcow says `{}` or `[]` (there is none)."""
    rows = read_list(response)
    return rows[0] if rows else None


def _body(response: httpx.Response) -> Any:
    if response.status_code == 401:
        raise MailcowRefused(f"mailcow refused the API key: {_error_text(response)}.", fix=_MAKE_KEY, reason="key")
    if response.status_code == 403:
        raise MailcowRefused(
            f"mailcow refused to write: {_error_text(response)}.", fix="The key is read-only; use the read-write key."
        )
    if response.status_code == 404:
        raise MailcowRefused("mailcow does not know that route.", fix="Is MAILCOW_API_URL the address of a mailcow?")
    if response.is_redirect:
        raise MailcowRefused(
            f"The server redirects to {response.headers.get('location', 'elsewhere')!r}.",
            fix="Set MAILCOW_API_URL to the https address of mailcow's own host name.",
        )
    if not response.content.strip():
        # mailcow hides a missing key, ignored credentials and every PHP error alike behind 200 and nothing.
        raise MailcowRefused("mailcow answered with an empty page: no valid API key reached it.", fix=_MAKE_KEY)
    try:
        return json.loads(response.content)
    except ValueError as exc:
        raise ProtocolViolation(
            f"mailcow answered HTTP {response.status_code} with something that is not JSON.",
            fix="Is MAILCOW_API_URL the address of a mailcow?",
        ) from exc


def _error_text(response: httpx.Response) -> str:
    try:
        body = json.loads(response.content)
    except ValueError:
        return f"HTTP {response.status_code}"
    return str(body.get("msg", "")) if isinstance(body, Mapping) else f"HTTP {response.status_code}"


def _refuse_error(body: Mapping[str, Any]) -> None:
    if body.get("type") in ("error", "danger"):
        raise _refusal([body], partial=False)


def _refusal(refused: Sequence[Mapping[str, Any]], *, partial: bool) -> MailcowRefused:
    message = refused[0].get("msg")
    word = str(message[0] if isinstance(message, list) and message else message)
    told = "; ".join(_words(e.get("msg")) for e in refused)
    return MailcowRefused(f"mailcow refused: {told}.", fix=_FIXES.get(word, ""), reason=word, partial=partial)


def _words(message: Any) -> str:
    if isinstance(message, list) and message:
        return f"{message[0]} ({', '.join(map(str, message[1:]))})" if len(message) > 1 else str(message[0])
    return str(message)
