"""The kind of a mail: a person's, or a machine's that wants no answer."""

from __future__ import annotations

import re
from typing import Final

from glassdome.engine.builtin.author import has_machine_address, is_signed_below
from glassdome.engine.builtin.words import fold
from glassdome.values.message import Message
from glassdome.values.thread import TurnKind

__all__ = ["calendar_answer", "calls_off", "kind_of"]

#: Local parts of programs behind which people write: forges, trackers, shared documents.
_FORGE: Final = re.compile(r"(?:notifications?|comments?|issues|discussions?|reply)(?:[-+_.].{0,60})?")
#: What calendars write before the subject of an answer, in the languages of the large programs; folded.
_ANSWERS: Final = re.compile(
    r"(?:accepted|declined|tentative|tentatively accepted|cancell?ed|zugesagt|abgesagt|abgelehnt|angenommen|mit vorbehalt|vorlaufig zugesagt"
    r"|accepte|refuse|decline|provisoire|annule|aceptado|aceptada|rechazado|rechazada|provisional|cancelado|cancelada|accettato|rifiutato|annullato"
    r"|geaccepteerd|geweigerd|geannuleerd|aceite|aceito|recusado|zaakceptowano|odrzucono)\s?(?:invitation|event)?\s?:"
)
_CALLED_OFF: Final = re.compile(r"(?:cancell?ed|abgesagt|annule|cancelad[oa]|annullato|geannuleerd|odwolano)")
_ABSENT: Final = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?reply|out of (?:the )?office|automatische antwort|abwesenheit\w*|abwesend|reponse automatique|absence|message d'absence"
    r"|respuesta automatica|ausencia|fuera de la oficina|risposta automatica|fuori ufficio|automatisch antwoord|afwezig\w*|resposta automatica|autoodpowiedz)\b"
)


def kind_of(message: Message) -> TurnKind:
    """Return the kind, from its fields and its subject (RFC 3834, RFC 3464, RFC 5546, RFC 2919)."""
    lists, subject = message.lists, fold(message.subject[:120])
    if message.report is not None:
        return "report"
    if _ABSENT.match(subject) or lists.auto_submitted == "auto-replied" or lists.precedence == "auto_reply":
        return "absence"
    if calendar_answer(message) or _brings_calendar(message):
        return "calendar"
    if _is_forge(message):
        return "list"
    if lists.is_automatic or message.mail_from == "" or _is_machine(message):
        return "automatic"
    if lists.is_list:
        return "list" if lists.list_post or (lists.list_id and not lists.unsubscribe) else "automatic"
    return "message"


def _is_machine(message: Message) -> bool:
    """Return whether a program wrote it: a person answers from `billing@` too, and signs."""
    return has_machine_address(message) and not (message.in_reply_to and is_signed_below(message))


def calendar_answer(message: Message) -> bool:
    """Return whether a calendar program answers or calls off an invitation."""
    return _ANSWERS.match(fold(message.subject[:60])) is not None


def calls_off(message: Message) -> bool:
    """Return whether a calendar program calls an appointment off."""
    return _CALLED_OFF.match(fold(message.subject[:60])) is not None


def _brings_calendar(message: Message) -> bool:
    return any(item.declared_type == "text/calendar" for item in message.attachments)


def _is_forge(message: Message) -> bool:
    return bool(message.lists.list_id) and bool(_FORGE.fullmatch(message.author.local_part.lower()[:80]))
