"""Links that a mail gateway rewrote: where they led before, read out of the rewritten address.

Not the sender but the reader's own gateway (or one on the way) puts Safe Links, urldefense and their kin in front of a
link. So the target is what counts. A gateway that keeps the target to itself leaves an opaque link, which says nothing
about the sender. Nothing is fetched; everything stands in the address.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from glassdome.core.limits import MAX_URL_CHARS
from glassdome.parse.url import host_of, normal_url
from glassdome.values.message import Link

__all__ = ["unwrapped"]

#: Gateways one behind the other; a mail rarely passes more than two.
_MOST_LAYERS: Final = 5
_MOST_PARAMETERS: Final = 40
#: Lengths of runs in urldefense v3, as its alphabet counts them: `**A` stands for two characters.
_RUNS: Final = {
    char: n + 2 for n, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
}

Reader = Callable[[SplitResult], str]


def unwrapped(link: Link) -> Link:
    """Return the link with its target and the target's host; marked as rewritten, also where the target stays hidden."""
    if not _may_be_rewritten(link.host):
        return link
    url, rewritten = link.url, False
    for _ in range(_MOST_LAYERS):
        host = host_of(url)
        reader = _reader_of(host)
        if reader is None:
            break
        target = _read(reader, url)
        if not target and reader is _google:
            break  # one of the other pages there
        rewritten = True
        if not target:
            return replace(link, rewritten=True, target="")
        url = target
    return replace(link, rewritten=True, target=url, host=host_of(url)) if rewritten else link


def _read(reader: Reader, url: str) -> str:
    """Return the target, or an empty string where there is no web address to be read."""
    try:
        target = normal_url(reader(urlsplit(url.replace("&amp;", "&"))))[:MAX_URL_CHARS]
    except (ValueError, binascii.Error):
        return ""
    return target if target[:8].lower().startswith(("http:", "https:")) and host_of(target) else ""


def _query(*names: str) -> Reader:
    """Return a reader of the first of these parameters, whatever the case of its name."""

    def read(parts: SplitResult) -> str:
        try:
            pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            return ""
        found = {name.lower(): value for name, value in reversed(pairs)}
        return next((found[name] for name in names if found.get(name)), "")

    return read


def _opaque(parts: SplitResult) -> str:
    return ""


def _urldefense(parts: SplitResult) -> str:
    """Read Proofpoint's three forms: percent signs as hyphens in v2, `__target__` with characters set aside in v3."""
    if parts.path.startswith("/v2/"):
        return unquote(_query("u")(parts).translate(str.maketrans("-_", "%/")))
    if not parts.path.startswith("/v3/"):
        return _query("u")(parts)
    whole = parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    target, marker, rest = whole.removeprefix("/v3/").removeprefix("__").partition("__;")
    return _restored(target, rest.partition("!")[0]) if marker else ""


def _restored(target: str, kept: str) -> str:
    """Put the characters that were set aside back in the place of the asterisks."""
    aside = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)).decode("utf-8", "replace")
    out: list[str] = []
    at = used = 0
    while at < len(target):
        if target[at] != "*":
            out.append(target[at])
            at += 1
            continue
        run = _RUNS.get(target[at + 2 : at + 3], 0) if target[at + 1 : at + 2] == "*" else 0
        out.append(aside[used : used + (run or 1)])
        used += run or 1
        at += 3 if run else 1
    return "".join(out)


def _cisco(parts: SplitResult) -> str:
    """Read `/<signature>/https%3A%2F%2Ftarget`."""
    return unquote(parts.path.lstrip("/").partition("/")[2])


def _sophos(parts: SplitResult) -> str:
    """Read `?d=host&u=<base64 of the address>`."""
    kept = _query("u")(parts).replace(" ", "+")
    return base64.b64decode(kept + "=" * (-len(kept) % 4), altchars=b"-_").decode("utf-8", "replace")


def _underscores(parts: SplitResult) -> str:
    """Read `/v2/___https://target___.signature`, as Check Point writes it."""
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    return whole.partition("___")[2].partition("___")[0]


def _google(parts: SplitResult) -> str:
    """Read `/url?q=https://target`, which Gmail and Google's documents put in front of links, and `/amp/s/target`."""
    kind, _, target = parts.path.removeprefix("/amp/").partition("/")
    if parts.path.startswith("/amp/") and kind == "s":
        return f"https://{target}?{parts.query}".rstrip("?")
    return _query("q", "url")(parts) if parts.path == "/url" else ""


#: Gateways by the end of their host names.
_GATEWAYS: Final[dict[str, Reader]] = {
    "safelinks.protection.outlook.com": _query("url"),
    "safelinks.protection.office365.us": _query("url"),
    "safelinks.protection.outlook.cn": _query("url"),
    "safelinks.protection.outlook.de": _query("url"),
    "safelinks.protection.partner.outlook.cn": _query("url"),
    "statics.teams.cdn.office.net": _query("url"),
    "urldefense.proofpoint.com": _urldefense,
    "urldefense.com": _urldefense,
    "urldefense.us": _urldefense,
    "mimecast.com": _opaque,
    "mimecastprotect.com": _opaque,
    "linkprotect.cudasvc.com": _query("a", "url"),
    "secure-web.cisco.com": _cisco,
    "protection.sophos.com": _sophos,
    "ctp.trendmicro.com": _query("url"),
    "fireeye.com": _query("u"),
    "trellix.com": _query("u"),
    "clicktime.symantec.com": _query("u"),
    "clicktime.cloud.postoffice.net": _query("u"),
    "url.avanan.click": _underscores,
    "avanan.click": _underscores,
    "url-protection.com": _query("o", "u", "url"),
    "link.zixcentral.com": _query("u"),
    "inky.com": _opaque,
    "protect.checkpoint.com": _underscores,
    "atpscan.global.hornetsecurity.com": _query("u", "url"),
    "antiphishing.vadesecure.com": _query("u", "url"),
    "link.edgepilot.com": _query("u", "url"),
    "urlsand.esvalabs.com": _query("u", "url"),
    "urlsand.com": _query("u", "url"),
    "linklock.titanhq.com": _query("url", "u"),
    "fortimailcloud.com": _query("url"),
    "mailanyone.net": _query("url", "u"),
    "emailprotection.link": _opaque,
    "trustifi.com": _opaque,
    "mailcontrol.com": _opaque,
    "scanmail.trustwave.com": _query("u"),
    "isolation.zscaler.com": _query("url"),
    "sonicurlprotection-sjl.com": _query("url"),
    "sonicurlprotection-fra.com": _query("url"),
    "z.antigena.com": _opaque,
    "url.serverdata.net": _opaque,
    "defend.egress.com": _opaque,
    "seclinks.cloud-security.net": _opaque,
    "www.google.com": _google,
}
#: Domains that sell such a gateway and have a web site too: there only these names of hosts rewrite.
_ONLY_HOSTS: Final[dict[str, tuple[str, ...]]] = {
    "inky.com": ("shared", "link"),
    "mimecast.com": ("protect", "url", "link"),
    "fireeye.com": ("protect", "url"),
    "trellix.com": ("protect", "url"),
    "trustifi.com": ("click", "link"),
}
#: The labels in front of the last one: told apart at once.
_LABELS: Final = frozenset(end.split(".")[-2] for end in _GATEWAYS)


def _may_be_rewritten(host: str) -> bool:
    """Say at once of most hosts that they are no gateway's."""
    return host.rpartition(".")[0].rpartition(".")[2] in _LABELS


def _reader_of(host: str) -> Reader | None:
    if host.endswith(("-ctp.trendmicro.com", "-urlprotect.trendmicro.com")):
        return _query("url")
    end = host
    while end:
        reader = _GATEWAYS.get(end)
        if reader is not None:
            names = _ONLY_HOSTS.get(end)
            return reader if names is None or host.startswith(names) else None
        end = end.partition(".")[2]
    return None
