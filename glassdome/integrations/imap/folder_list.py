"""LIST and NAMESPACE answers (RFC 9051 7.3.1, RFC 2342) as folders, and the names by which the server knows them."""

from __future__ import annotations

from collections.abc import Iterable

from glassdome.core.errors import ProtocolViolation
from glassdome.integrations.imap.folder_names import readable
from glassdome.integrations.imap.response import Response, Token
from glassdome.values.folder import FolderInfo
from glassdome.values.refs import INBOX

__all__ = ["listed", "personal_prefixes", "words_of"]

_SPECIAL = {"\\all", "\\archive", "\\drafts", "\\flagged", "\\junk", "\\sent", "\\trash", "\\important"}


def listed(responses: Iterable[Response], prefixes: tuple[str, ...]) -> dict[str, FolderInfo]:
    """Return each folder by its name on the wire; `prefixes` are those of the owner's namespaces."""
    found: dict[str, FolderInfo] = {}
    for response in responses:
        if len(response.data) < 3 or not isinstance(response.data[0], tuple):
            raise ProtocolViolation("The IMAP server answered LIST with something else.")
        attributes, delimiter, wire = response.data[0], words_of(response.data[1]), _wire(response.data[2])
        found[wire] = _info(wire, delimiter, frozenset(words_of(token).lower() for token in attributes), prefixes)
    return found


def personal_prefixes(responses: Iterable[Response]) -> tuple[str, ...]:
    """Return the prefixes of the owner's own namespaces, the longest first."""
    found = set[str]()
    for response in responses:
        personal = response.data[0] if response.data else None
        for namespace in personal if isinstance(personal, tuple) else ():
            if isinstance(namespace, tuple) and namespace:
                found.add(readable(_wire(namespace[0])))
    return tuple(sorted(found, key=len, reverse=True))


def words_of(token: Token) -> str:
    """Return a token as text."""
    return token.decode("utf-8", "replace") if isinstance(token, bytes) else str(token or "")


def _wire(token: Token) -> str:
    return token.decode("utf-8", "surrogateescape") if isinstance(token, bytes) else str(token or "")


def _info(wire: str, delimiter: str, attributes: frozenset[str], prefixes: tuple[str, ...]) -> FolderInfo:
    name = readable(wire)
    return FolderInfo(
        name=INBOX if name.upper() == INBOX else name,
        levels=_levels(name, delimiter, prefixes),
        special_use=frozenset(a[:1] + a[1:].capitalize() for a in attributes & _SPECIAL),
        selectable=not attributes & {"\\noselect", "\\nonexistent"},
    )


def _levels(name: str, delimiter: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in filter(None, prefixes):
        if name.startswith(prefix):
            name = name[len(prefix) :]
            break
    levels = tuple(name.split(delimiter)) if delimiter else (name,)
    return levels[1:] if len(levels) > 1 and levels[0].upper() == INBOX else levels
