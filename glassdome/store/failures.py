"""Classifies a driver's error: a conflict to retry, a database that is away, one that an admin can fix, or our own bug."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from glassdome.core.errors import StoreError, StoreUnavailable

__all__ = ["CONFLICTS", "error_number", "is_conflict", "translate"]

#: Server errors after which the same transaction may succeed: lock wait timeout, deadlock (also Galera's
#: certification failure), WSREP not ready, read-only during a failover, record changed since the last read.
CONFLICTS: Final = frozenset({1205, 1213, 1047, 1020})
#: Server errors that say the server is not usable now: too many connections, shutdown, cannot connect, gone away,
#: lost, killed, interrupted, disk full, cannot write, storage engine's error, table full, read-only.
_AWAY: Final = frozenset({
    1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1927,
    1021, 1026, 1030, 1114, 1792, 1836,
})  # fmt: skip

_LOGIN: Final = (
    "The database refuses the login.",
    "Check user and password in GLASSDOME_DATABASE_URL, and that this user may log in from this host.",
)
_RIGHTS: Final = (
    "The database user may not use the schema, or there is none of that name.",
    "Check the schema's name at the end of GLASSDOME_DATABASE_URL; as the database's root:"
    " GRANT ALL PRIVILEGES ON <schema>.* TO '<user>'@'%';",
)
_SCHEMA: Final = (
    "The database has no schema of that name.",
    "Correct the name at the end of GLASSDOME_DATABASE_URL, or make it as the database's root:"
    " CREATE DATABASE <schema> CHARACTER SET utf8mb4;",
)
_HOST: Final = (
    "The database lets nobody in from this host.",
    "Make the user for this host or for '%'; after too many failed connections: mariadb-admin flush-hosts.",
)
#: What an admin can fix and waiting cannot.
_TO_MEND: Final[dict[int, tuple[str, str]]] = {
    1045: _LOGIN,
    1698: _LOGIN,
    1251: _LOGIN,
    1044: _RIGHTS,
    1142: _RIGHTS,
    1227: _RIGHTS,
    1049: _SCHEMA,
    1129: _HOST,
    1130: _HOST,
}

_NO_ANSWER: Final = (
    "Is the database server started? Check host and port in GLASSDOME_DATABASE_URL, and the firewall between."
)
_TOO_MANY: Final = "It has no connection left: raise its max_connections, or run fewer workers."
_FULL: Final = "Its disk is full: free some space."
_READ_ONLY: Final = "It is read-only: has another server of its cluster taken over?"
#: What to do about a server that is not usable now.
_AWAY_FIXES: Final[dict[int, str]] = {
    **dict.fromkeys((2002, 2003, 2005, 2006, 2013), _NO_ANSWER),
    **dict.fromkeys((1040, 1203, 1226), _TOO_MANY),
    **dict.fromkeys((1021, 1026, 1114), _FULL),
    **dict.fromkeys((1290, 1792, 1836), _READ_ONLY),
}
#: SQLite's errors have words instead of numbers.
_SQLITE_FIXES: Final = {
    "unable to open": "Is the folder of the database file there, and may this user write to it?",
    "readonly": "May this user write to the database file and its folder?",
    "is full": _FULL,
    "not a database": "The file that GLASSDOME_DATABASE_URL names is something else: name another, or move it away.",
    "malformed": "The database file is damaged: restore it from a backup.",
}


def error_number(exc: BaseException) -> int | None:
    """Return MariaDB's number of an error, None where it has none."""
    original = getattr(exc, "orig", None) or exc
    first = next(iter(getattr(original, "args", ())), None)
    return first if isinstance(first, int) else None


def is_conflict(exc: BaseException) -> bool:
    """Return whether the whole transaction should be run again."""
    return error_number(exc) in CONFLICTS or (isinstance(exc, OperationalError) and "locked" in str(exc.orig))


def _is_away(exc: BaseException) -> bool:
    if isinstance(exc, PoolTimeout | OSError | EOFError | TimeoutError):
        return True
    if not isinstance(exc, DBAPIError):
        return False
    number = error_number(exc)
    lost = exc.connection_invalidated or number in _AWAY or (number is not None and 2000 <= number < 2100)
    sqlite_away = number is None and isinstance(exc, OperationalError) and "no such" not in str(exc.orig)
    return lost or sqlite_away or isinstance(exc, InterfaceError)


def _fix(exc: BaseException) -> str:
    if isinstance(exc, ConnectionError | EOFError):
        return _NO_ANSWER
    if (number := error_number(exc)) is not None:
        return _AWAY_FIXES.get(number, "")
    words = str(getattr(exc, "orig", None) or exc)
    return next((fix for part, fix in _SQLITE_FIXES.items() if part in words), "")


def translate(exc: BaseException) -> StoreError:
    """Return our error for a driver's; the driver's words are its `cause`, for logs and the shell, not for a peer."""
    original = getattr(exc, "orig", None) or exc
    cause = f"{type(original).__name__}: {original}"
    if is_conflict(exc):
        return StoreUnavailable("The database is busy: other transactions hold what this one needs.", cause=cause)
    if isinstance(exc, TimeoutError):
        return StoreUnavailable(
            "The database did not answer in time.",
            fix="Does another program hold it, or does its disk hang?",
            cause=cause,
        )
    if isinstance(exc, DBAPIError) and (known := _TO_MEND.get(error_number(exc) or 0)):
        message, fix = known
        return StoreError(message, fix=fix, cause=cause)
    if _is_away(exc):
        return StoreUnavailable("The database is not available.", fix=_fix(exc), cause=cause)
    if isinstance(exc, SQLAlchemyError):
        return StoreError("The database refused a statement.", fix=_fix(exc), cause=cause)
    return StoreError(cause=cause)
