"""A short honest acknowledgement for mail in which a person asks something, else nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["suggest_reply"]

_GREETING: Final[Mapping[str, str]] = {
    "en": "Hello {name},", "de": "Guten Tag {name},", "fr": "Bonjour {name},", "es": "Hola {name}:",
    "it": "Buongiorno {name},", "nl": "Hallo {name},", "pt": "Olá {name},",
}  # fmt: skip
_BODY: Final[Mapping[str, str]] = {
    "en": "thank you for your message. I have read it and will get back to you on it.",
    "de": "vielen Dank für Ihre Nachricht. Ich habe sie gelesen und komme darauf zurück.",
    "fr": "merci pour votre message. Je l’ai bien lu et je reviens vers vous à ce sujet.",
    "es": "gracias por su mensaje. Lo he leído y le responderé en cuanto pueda.",
    "it": "grazie per il suo messaggio. L’ho letto e le risponderò appena possibile.",
    "nl": "bedankt voor uw bericht. Ik heb het gelezen en kom erop terug.",
    "pt": "obrigado pela sua mensagem. Já a li e responderei assim que possível.",
}  # fmt: skip
_LONGEST_NAME: Final = 40


def suggest_reply(*, language: str, name: str, asked: bool, automatic: bool) -> str | None:
    """Return a draft in the mail's language, or None where nothing is asked or no person would read it.

    Whether the mail may be answered at all is for `verdict` to decide.
    """
    body = _BODY.get(language)
    if body is None or not asked or automatic:
        return None
    clean = (
        name.strip()
        if name.isprintable() and len(name) <= _LONGEST_NAME and "@" not in name and "." not in name
        else ""
    )
    greeting = _GREETING[language].format(name=clean) if "{" not in clean else ""
    return f"{greeting.replace(' ,', ',').replace(' :', ':')}\n\n{body}"
