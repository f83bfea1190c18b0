"""What a driver's error means: a conflict to repeat, a database that is away, or a fault of ours."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from glassdome.core.errors import StoreError, StoreUnavailable

__all__ = ["CONFLICTS", "is_conflict", "translate"]

#: Server errors after which the same transaction may succeed: lock wait timeout, deadlock (also Galera's
#: certification failure), WSREP not ready, read-only during a failover, record changed since the last read.
CONFLICTS: Final = frozenset({1205, 1213, 1047, 1020})
#: Server errors that say the server is not usable now: too many connections, shutdown, cannot connect, gone away,
#: lost, killed, interrupted, disk full, read-only.
_AWAY: Final = frozenset({1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1927, 1021})


def _number(exc: BaseException) -> int | None:
    original = getattr(exc, "orig", None) or exc
    first = next(iter(getattr(original, "args", ())), None)
    return first if isinstance(first, int) else None


def is_conflict(exc: BaseException) -> bool:
    """Say whether the whole transaction should be run again."""
    return _number(exc) in CONFLICTS or (isinstance(exc, OperationalError) and "locked" in str(exc.orig))


def _is_away(exc: BaseException) -> bool:
    if isinstance(exc, PoolTimeout | OSError | EOFError | TimeoutError):
        return True
    if not isinstance(exc, DBAPIError):
        return False
    number = _number(exc)
    lost = exc.connection_invalidated or number in _AWAY or (number is not None and 2000 <= number < 2100)
    sqlite_away = number is None and isinstance(exc, OperationalError) and "no such" not in str(exc.orig)
    return lost or sqlite_away or isinstance(exc, InterfaceError)


def translate(exc: BaseException) -> StoreError:
    """Return our error for a driver's; the driver's words go to the log, not to a peer."""
    original = getattr(exc, "orig", None) or exc
    cause = f"{type(original).__name__}: {original}"
    if is_conflict(exc):
        return StoreUnavailable("The database is busy: other transactions hold what this one needs.", cause=cause)
    if _is_away(exc):
        return StoreUnavailable("The database is not available.", cause=cause)
    if isinstance(exc, SQLAlchemyError):
        return StoreError("The database refused a statement.", fix="The log has its answer.", cause=cause)
    return StoreError(cause=cause)
