"""Reports our own server's SPF, DKIM and DMARC results, and whether they cover the address the reader sees."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.signals.host_lists import free_mail, known_domains
from glassdome.values.authenticity import METHODS, is_aligned
from glassdome.values.context import Context
from glassdome.values.message import DMARC_FAILED, AuthResult, Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "authenticated": "DMARC passed, or DKIM or SPF passed for the organization of the From address",
    "dmarc_fail": "the From domain's own DMARC policy calls the mail forged",
    "dkim_fail": "a DKIM signature is broken and none is good",
    "spf_fail": "the From domain's SPF policy does not know the sending server",
    "unaligned": "something passed, but for another organization than the From address",
    "unauthenticated": "our server checked and nothing speaks for the From address",
}
#: Mailing lists change mail and so break its signatures (RFC 7960 3.2); a forger may claim to be one.
_THROUGH_A_LIST = 0.6
#: Small senders let a relay sign for them and forget their own DMARC record.
_THROUGH_A_RELAY = 0.4
_FAILED = DMARC_FAILED | {"softfail", "permerror"}


def _quote(result: AuthResult) -> Evidence:
    return evidence("header:Authentication-Results", f"{result.method}={result.result}")


def _strength(message: Message, author: str) -> float:
    """Weigh a failed DMARC check: less where a list or a relay of a small sender breaks it as a rule."""
    if message.lists.list_id:
        return _THROUGH_A_LIST
    relayed = any(r.method == "dkim" and r.result == "pass" for r in message.authentication.results)
    return _THROUGH_A_RELAY if relayed and author not in known_domains() and author not in free_mail() else 1.0


def _failures(message: Message, author: str) -> Iterator[Signal]:
    auth = message.authentication
    dmarc, dkim, spf = (auth.best(method) for method in ("dmarc", "dkim", "spf"))
    if dmarc and dmarc.result in _FAILED:
        detail = f"{author} says that mail like this is forged (DMARC {dmarc.result})"
        yield hit("dmarc_fail", detail, _quote(dmarc), strength=_strength(message, author))
    if dkim and dkim.result in _FAILED:
        yield hit("dkim_fail", f"the DKIM signature of {dkim.domain or 'the sender'} is not valid", _quote(dkim))
    if spf and spf.result in _FAILED and is_aligned(spf, author):
        strength = 1.0 if spf.result == "fail" else 0.5
        yield hit(
            "spf_fail", f"{author} does not send from that server (SPF {spf.result})", _quote(spf), strength=strength
        )


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report authentication; nothing applies where no server of ours said anything."""
    auth = message.authentication
    author = organizational_domain(message.author.domain)
    checked = [r for r in auth.results if r.method in METHODS and r.result not in ("temperror", "")]
    if not auth.trusted or not checked or not author:
        yield from none_apply(_SIGNALS)
        return
    passed = [r for r in checked if r.result == "pass"]
    if message.authenticity:
        yield hit("authenticated", f"our server verified that {author} sent it", *map(_quote, passed))
        return
    yield from _failures(message, author)
    if passed:
        others = ", ".join(sorted({r.domain for r in passed if r.domain})) or "another domain"
        yield hit("unaligned", f"verified for {others}, not for {author}", *map(_quote, passed))
    else:
        yield hit("unauthenticated", f"nothing verifies that {author} sent it", *map(_quote, checked))


DETECTOR = Detector(name="authentication", signals=_SIGNALS, run=detect)
