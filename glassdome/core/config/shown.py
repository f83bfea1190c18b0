"""The one form in which a setting's value is shown to a person: no secret, whole or inside another value."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from glassdome.core.config.field import parts_of
from glassdome.core.log import HIDDEN, redact

__all__ = ["ShownSettings", "shown_value"]


class ShownSettings(BaseSettings):
    """Settings whose text for logs and tracebacks holds no secret."""

    def __repr_args__(self) -> Iterator[tuple[str, object]]:
        """Yield each setting as it may be shown."""
        for name in type(self).model_fields:
            yield name, shown_value(name, getattr(self, name))


def shown_value(name: str, value: object) -> str | int | float | bool | None:
    """Return what may be shown of the setting `name`: secrets as `[redacted]`, empty where none is set."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if value is None or isinstance(value, bool | int | float):
        return value
    return _mailboxes(str(value)) if name == "mailboxes" else _text(str(value))


def _text(text: str) -> str:
    return ",".join(_without_secrets(part) for part in str(redact(text)).split(","))


def _without_secrets(part: str) -> str:
    """Hide the password of a login without a scheme, which `redact` does not know, and the query of a URL."""
    login, at, host = part.rpartition("@")
    if at and ":" in login and "://" not in part:
        part = f"{login.partition(':')[0]}:{HIDDEN}@{host}"
    head, asked, _ = part.partition("?")
    return f"{head}?{HIDDEN}" if asked and "://" in head else part


def _mailboxes(text: str) -> str:
    """Return the addresses (with their login names) of GLASSDOME_MAILBOXES, each password hidden."""
    entries = (entry.partition(":") for entry in parts_of(text))
    return ",".join(address.strip() + (f":{HIDDEN}" if colon else "") for address, colon, _ in entries)
