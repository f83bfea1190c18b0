"""Column types: exact text, RFC 3339 instants and values as JSON, the same on SQLite and MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["COLLATION", "Clipped", "Instant", "Json", "Words", "ascii_text", "big_id", "exact"]

#: Compares every character, case and trailing space: folder names are exact (RFC 9051 5.1).
COLLATION: Final = "utf8mb4_nopad_bin"
_ASCII: Final = "ascii_bin"
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)


def exact(length: int) -> TypeEngine[str]:
    """Text of at most `length` characters, compared exactly."""
    return String(length).with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation=COLLATION), "mysql")


def ascii_text(length: int) -> TypeEngine[str]:
    """ASCII text of at most `length` characters: words of ours, hashes, tokens."""
    return String(length).with_variant(mysql.VARCHAR(length, charset="ascii", collation=_ASCII), "mysql")


def big_id() -> TypeEngine[int]:
    """A 64-bit key; SQLite numbers rows by itself only where the type is INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


class Clipped(TypeDecorator[str]):
    """Text that a stranger wrote, cut to `length` characters; looking for it cuts alike."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        """`length` is characters."""
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Compare exactly."""
        return dialect.type_descriptor(exact(self.length).dialect_impl(dialect))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make it storable."""
        return None if value is None else value[: self.length].encode("utf-8", "replace").decode()


class Words(TypeDecorator[str]):
    """Long text; characters that UTF-8 cannot carry (lone surrogates of broken mail) become U+FFFD."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose MEDIUMTEXT on MariaDB, whose TEXT ends at 64 KiB."""
        return dialect.type_descriptor(mysql.MEDIUMTEXT() if dialect.name == "mysql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make it storable."""
        return None if value is None else value.encode("utf-8", "replace").decode()


class Instant(TypeDecorator[datetime]):
    """A moment as RFC 3339 text in UTC with microseconds: sorts as text, reads the same in every client."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Compare bytes."""
        return dialect.type_descriptor(ascii_text(27).dialect_impl(dialect))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write `2026-01-02T03:04:05.000006Z`; the calendar's ends are clamped, since mail has absurd dates."""
        if value is None:
            return None
        if value.year in (1, 9999):
            value = min(max(value.replace(tzinfo=UTC), _EARLIEST), _LATEST)
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read it back, timezone-aware; without the calls in between, since a list has hundreds."""
        parse = datetime.fromisoformat
        return lambda value: None if value is None else parse(value)


class Json(TypeDecorator[Any]):
    """A value of the given type as JSON text."""

    impl = Words
    cache_ok = True

    def __init__(self, of: Any) -> None:
        """`of` is any type pydantic can write and read, such as `tuple[Reason, ...]`."""
        super().__init__()
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write JSON."""
        return None if value is None else _adapter(self.of).dump_json(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read JSON."""
        parse = _adapter(self.of).validate_json
        return lambda value: None if value is None else parse(value)


@lru_cache(maxsize=64)
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)
