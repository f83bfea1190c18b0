"""Authentication-Results (RFC 8601) of our own server, and what else it wrote on top of the message."""

from __future__ import annotations

import re

from glassdome.core.limits import MAX_AUTH_RESULTS, MAX_SYMBOLS
from glassdome.parse.authres import Payload, parse_payload
from glassdome.parse.fields import RawField
from glassdome.parse.plain import one_line
from glassdome.values.message import Authentication, RspamdReport

__all__ = ["read_authentication", "read_mail_from", "read_rspamd"]

_COMMENT = re.compile(r"\([^()]*\)")
_BY = re.compile(r"(?:^|\s)by\s+\[?([\w.:-]{1,255})", re.IGNORECASE)
_SPAMD_SCORE = re.compile(r"\[\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*/\s*(-?\d{1,6}(?:\.\d{1,6})?)\s*\]")
#: A symbol with its options, which hold words of the mail: what looks like a symbol in there is none.
_SYMBOL = re.compile(r";\s{0,20}([A-Za-z][A-Za-z0-9_]{1,80})\((-?\d{1,6}(?:\.\d{1,6})?)\)(?:\[[^\]]{0,2000}\])?")


def read_authentication(fields: list[RawField], authserv_ids: frozenset[str]) -> Authentication:
    """Return what our own server found.

    With no configured authserv-id the topmost field is returned, untrusted. Else only fields with one of the ids
    count, and only where our server can have put them (`_own_fields`); all others may be forged and are ignored.
    """
    if not authserv_ids:
        value = next((field.value for field in fields if field.name == "authentication-results"), "")
        return _joined([parse_payload(value)], trusted=False) if value else Authentication()
    wanted = frozenset(name.lower() for name in authserv_ids)
    payloads = map(parse_payload, _own_fields(fields, "authentication-results", wanted))
    own = [payload for payload in payloads if payload.authserv_id in wanted]
    return _joined(own, trusted=True) if own else Authentication()


def _joined(payloads: list[Payload], *, trusted: bool) -> Authentication:
    results = [result for payload in payloads for result in payload.results]
    if len(results) > MAX_AUTH_RESULTS:
        results.sort(key=lambda result: result.method != "dmarc" or result.result == "pass")
    return Authentication(
        authserv_id=payloads[0].authserv_id, trusted=trusted, results=tuple(results[:MAX_AUTH_RESULTS])
    )


def read_rspamd(fields: list[RawField], authserv_ids: frozenset[str]) -> RspamdReport | None:
    """Return what our own Rspamd wrote: `default: False [5.20 / 15.00]; SYMBOL(1.00)[options]; ...`."""
    wanted = frozenset(name.lower() for name in authserv_ids)
    value = next(iter(_own_fields(fields, "x-spamd-result", wanted)), "")
    score = _SPAMD_SCORE.search(value)
    if not score:
        return None
    action = next(iter(_own_fields(fields, "x-rspamd-action", wanted)), "")
    symbols = [(found[1], float(found[2])) for found in _SYMBOL.finditer(value)]
    return RspamdReport(
        score=float(score[1]),
        required=float(score[2]),
        action=one_line(action)[:40],
        symbols=tuple(symbols[:MAX_SYMBOLS]),
    )


def read_mail_from(fields: list[RawField]) -> str | None:
    """Return the RFC 5321 sender that final delivery wrote into Return-Path (RFC 5321 4.4); None when unknown."""
    for field in fields:
        if field.name == "return-path":
            value = one_line(_COMMENT.sub("", field.value)).strip("<> \t")
            local, at, domain = value.rpartition("@")
            return f"{local}{at}{domain.lower()}"[:320]
        if field.name == "received":
            return None  # below our own trace anybody may have written it
    return None


def _own_fields(fields: list[RawField], name: str, ids: frozenset[str]) -> list[str]:
    """Return the values of `name` that our own server can have written.

    Trace fields are put on top. Everything above our lowest own Received is ours. Below it, up to the next one,
    stand fields a milter added and fields the sender wrote: there only the first of the name counts, and only if
    none stands higher. The topmost Received is always our own; those below it while they say `by` one of our names.
    """
    above: list[str] = []
    pending: list[str] = []
    received = 0
    for field in fields:
        if field.name == "received":
            if received and not _is_ours(field.value, ids):
                break
            received += 1
            above += pending
            pending = []
        elif field.name == name:
            pending.append(field.value)
    return above or pending[:1]


def _is_ours(received: str, ids: frozenset[str]) -> bool:
    by = _BY.search(_COMMENT.sub("", received))
    return bool(by and by[1].lower().rstrip(".") in ids)
