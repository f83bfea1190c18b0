"""Tells what a NO, BAD or BYE means: nothing there, not now, or never (RFC 5530, and the words of servers without codes)."""

from __future__ import annotations

import re
from typing import Any, Final

from glassdome.core.errors import Disconnected, FolderMissing, GlassdomeError, ImapRefused, ProtocolViolation
from glassdome.core.limits import MAX_PEER_WORDS_CHARS
from glassdome.integrations.imap.response import Response

__all__ = ["hung_up", "is_for_now", "refusal", "said"]

_MISSING: Final = frozenset({"NONEXISTENT", "TRYCREATE"})
#: The server, the account or the folder is busy or away (RFC 5530; THROTTLED and TIMEOUT are Microsoft's and Yahoo's).
_AWAY: Final = frozenset({"UNAVAILABLE", "THROTTLED", "LIMIT", "INUSE", "TIMEOUT"})
_SOON: Final = _AWAY | {"SERVERBUG", "EXPUNGEISSUED"}
#: These codes say why it will be refused again. Any other code (ALERT, a vendor's own) tells nothing of that.
_FINAL: Final = frozenset(
    {
        "ALREADYEXISTS", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "BADCHARSET", "BADURL", "CANNOT", "CLIENTBUG",
        "CONTACTADMIN", "CORRUPTION", "EXPIRED", "NOPERM", "NOTSAVED", "PRIVACYREQUIRED", "TOOBIG",
        "UNKNOWN-CTE", "USEATTR", "HASCHILDREN", "BADCOMPARATOR", "COMPRESSIONACTIVE", "BADEVENT", "NOUPDATE",
    }
)  # fmt: skip
#: What servers say in place of a code while something is busy or away.
_FOR_NOW: Final = re.compile(
    r"again|later|at present|temporar|tempor\u00e4r|timed? ?out|too many|maximum number|simultaneous|throttl"
    r"|rate.?limit|limit (?:hit|reached|exceeded)|exceeded|overload|busy|in use|locked|not (?:yet )?(?:ready|synced|connected)"
    r"|unavailable|not available|internal (?:server )?error|server error|system error|backend|shutting down|maintenance"
    r"|(?:service|server|daemon) (?:is )?down|unreachable|(?:cannot|can't|could not) connect|not responding|autologout|inactivity"
    r"|command (?:argument )?error\. ?\d",
    re.IGNORECASE,
)
#: Words so plain that no code outweighs them; for a refused login only the first, since the others may mean a wrong password.
_PLAINLY_FOR_NOW: Final = re.compile(
    r"(temporar|tempor\u00e4r)|again later|try later|too many|throttl|rate.?limit", re.IGNORECASE
)
#: Commands that store something, and so can meet a full mailbox; elsewhere Gmail's OVERQUOTA means its bandwidth limits.
_STORING: Final = frozenset({"APPEND", "UID COPY", "UID MOVE", "CREATE"})
_NO_SUCH: Final = re.compile(
    r"(?:no such|unknown|non-?existent) (?:mailbox|folder)|(?:mailbox|folder)[^.]{0,80}(?:does(?: not|n.t) exist|not found)",
    re.IGNORECASE,
)
#: Commands about a folder rather than a message: their refusal says nothing of any one message.
_OF_FOLDERS: Final = frozenset({"EXAMINE", "SELECT", "STATUS", "LIST", "IDLE", "UID SEARCH"})


def said(response: Response) -> str:
    """Return the server's words as a sentence."""
    words = response.text[:MAX_PEER_WORDS_CHARS].strip(" .") or response.code or response.name
    return f"{words}."


def is_for_now(response: Response) -> bool:
    """Return whether code or words describe a state that passes."""
    if response.code in _SOON:
        return True
    plain = _PLAINLY_FOR_NOW.search(response.text)
    if plain and (plain[1] or response.code != "AUTHENTICATIONFAILED"):
        return True
    return response.code not in _FINAL and _FOR_NOW.search(response.text) is not None


def refusal(peer: str, command: str, done: Response) -> GlassdomeError:
    """Return the error of a tagged NO or BAD.

    A NO without a code that says more is temporary: the server could not, and does not tell for how long. So is a BAD,
    which servers in trouble say to commands that they took before (Exchange, Gmail, Yahoo); a command that is wrong for
    ever ends by the patience of who asks again.
    """
    sentence = f"{peer} refused {command}: {said(done)}"
    if done.name == "BAD":
        now = is_for_now(done)
        sentence = sentence if now else f"{peer} did not understand {command}: {said(done)}"
        return ImapRefused(sentence, temporary=now or done.code not in _FINAL, away=now, **_facts(done))
    if done.name != "NO":
        return ProtocolViolation(f"{peer} answered {command} with something else: {said(done)}")
    if done.code in _MISSING or (not done.code and _NO_SUCH.search(done.text)):
        return FolderMissing(sentence, **_facts(done))
    full = done.code == "OVERQUOTA" and command in _STORING
    temporary = (done.code not in _FINAL and not full) or is_for_now(done)
    away = done.code in _AWAY or (temporary and command in _OF_FOLDERS)
    return ImapRefused(sentence, temporary=temporary, away=away, **_facts(done))


def hung_up(peer: str, response: Response, during: str = "") -> Disconnected:
    """Return the error of a BYE."""
    what = f"ended {during}" if during else "hung up"
    return Disconnected(f"{peer} {what}: {said(response)}", **_facts(response))


def _facts(response: Response) -> dict[str, Any]:
    return {
        "imap_code": response.code,
        "bad": response.name == "BAD",
        "said": said(response),
        "for_now": is_for_now(response),
    }
