"""Who asks the reader for what, and whether the one who asks is proven: the facts under the judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassdome.signals.ask_words import Words, asking_words, has_phone
from glassdome.signals.finding import evidence
from glassdome.signals.link_owner import Owner, is_a_way_back, owner_of
from glassdome.signals.link_view import LinkView, view_links
from glassdome.signals.standing import standing_of
from glassdome.values.ask import Ask, Asked, AskKind, Identity, Standing
from glassdome.values.context import Context
from glassdome.values.message import Attachment, Message
from glassdome.values.signal import Evidence

__all__ = ["Found", "find_asked", "look"]

#: Which words are which ask; the first group of an ask that occurs is quoted.
GROUPS: Final[Mapping[AskKind, tuple[str, ...]]] = {
    AskKind.CODE: ("device_code", "seed_phrase", "mfa_approve"),
    AskKind.CONSENT: ("consent",),
    AskKind.SIGN_IN: ("password", "sign_in", "strike"),
    AskKind.BANK_CHANGE: ("bank_change",),
    AskKind.GIFT_CARD: ("gift_card",),
    AskKind.PAYMENT: ("extortion", "payment", "rental"),
    AskKind.PERSONAL_DATA: ("card_data", "personal_data", "marketplace", "claim_money"),
    AskKind.CALL_BACK: ("call_back",),
    AskKind.OPEN_FILE: ("locked_file", "open_file"),
    AskKind.MOVE_CHANNEL: ("move_channel",),
    AskKind.REPLY: ("opener",),
}
#: Asks that a link carries out: whose it is matters.
_BY_LINK: Final = frozenset(
    (AskKind.SIGN_IN, AskKind.PAYMENT, AskKind.PERSONAL_DATA, AskKind.OPEN_FILE, AskKind.CONSENT, AskKind.CODE)
)
#: What a newsletter talks about, it does not ask for.
_TALKED_ABOUT: Final = frozenset(
    (AskKind.CODE, AskKind.GIFT_CARD, AskKind.BANK_CHANGE, AskKind.REPLY, AskKind.MOVE_CHANNEL, AskKind.CALL_BACK)
)
_VERBS: Final[Mapping[AskKind, str]] = {
    AskKind.SIGN_IN: "asks you to sign in or confirm an account",
    AskKind.CODE: "asks you to enter or give a code",
    AskKind.CONSENT: "asks you to give an application access",
    AskKind.PAYMENT: "asks you to pay",
    AskKind.BANK_CHANGE: "asks you to pay to another account than before",
    AskKind.GIFT_CARD: "asks you to buy gift cards",
    AskKind.CALL_BACK: "asks you to call a number",
    AskKind.OPEN_FILE: "asks you to open a file",
    AskKind.PERSONAL_DATA: "asks you for personal or bank details",
    AskKind.MOVE_CHANNEL: "asks you to go on by another channel",
    AskKind.REPLY: "asks you to answer",
}
_OAUTH = re.compile(r"oauth2?[/.]|/authorize\b|client_id=", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]|\b(?:usd|eur|gbp|chf|brl|pln|kr|zł|btc|usdt)\b|r\$", re.IGNORECASE)
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}|\biban\b|\bsort code\b|\bconto\b|\bkonto\b|\bcompte\b|\bcuenta\b|\bconta\b|\brekening|\baccount\b|\bbank", re.IGNORECASE)  # fmt: skip
#: Platforms on which money is asked for by their users.
_THIRD_PARTY = re.compile(
    r"\b(?:request(?:ed|s)?|invoice from|sent you (?:an|a) (?:invoice|payment|money)|note (?:from|to)|seller note|message from|"
    r"zahlungsanforderung|rechnung von|fordert|demande de paiement|facture de|solicita|factura de|richiesta di|fattura da|verzoek van|pedido de)",
    re.IGNORECASE,
)
_MAX_ASKS: Final = 6
_PAGES = ("html", "htm", "shtml", "xhtml", "svg", "mht", "mhtml")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked at: the words by group, the links that ask with their owners, the author's standing."""

    standing: Standing
    words: Words
    links: tuple[tuple[LinkView, Owner], ...]

    def owners(self) -> frozenset[Owner]:
        """Whose the links are."""
        return frozenset(owner for _, owner in self.links)


def look(message: Message, context: Context) -> Found:
    """Look at who asks, at the words and at the links that are not small print."""
    asking = [view for view in view_links(message) if view.host and not is_a_way_back(view)]
    links = tuple((view, owner_of(view, message)) for view in asking)
    return Found(standing=standing_of(message, context), words=asking_words(message), links=links)


def find_asked(message: Message, context: Context, found: Found | None = None) -> Asked:
    """Return who asks, and for what, the most doubtful first."""
    found = found or look(message, context)
    asks = [_ask(kind, places, message, found) for kind, places in _kinds(message, found)]
    if not asks and (view := _lure(found)):
        asks = [_ask(AskKind.SIGN_IN, (evidence(view.where, view.shown or view.url),), message, found)]
    doubt = list(Identity)
    asks.sort(key=lambda ask: -doubt.index(ask.identity))
    return Asked(standing=found.standing, asks=tuple(asks[:_MAX_ASKS]))


def _lure(found: Found) -> LinkView | None:
    """Return the link that itself asks: of somebody who is not who he says, or one whose owner nobody can name."""
    if found.standing.proven:
        return None
    told = found.standing.identity is Identity.CONTRADICTED
    return next((view for view, owner in found.links if told or owner in ("made_up", "published")), None)


def _kinds(message: Message, found: Found) -> Iterator[tuple[AskKind, tuple[Evidence, ...]]]:
    """Yield the asks whose words occur and whose means are there."""
    for kind, groups in GROUPS.items():
        places = tuple(place for group in groups for place in found.words.get(group, ()))
        if places and _has_means(kind, message, found):
            yield kind, places
        elif kind is AskKind.OPEN_FILE and any(map(_is_dangerous, message.attachments)):
            number = next(n for n, item in enumerate(message.attachments) if _is_dangerous(item))
            yield kind, (evidence(f"attachment:{number}", message.attachments[number].filename),)


def _has_means(kind: AskKind, message: Message, found: Found) -> bool:
    """Say whether a mail can be about what its words say: a file to open, a number to call, an account to pay to."""
    words, text = found.words, message.new_text or message.text
    newsletter = message.lists.is_list and bool(message.authenticity) and found.standing.proven
    if newsletter and kind in _TALKED_ABOUT:
        return False
    match kind:
        case AskKind.CALL_BACK:
            in_files = any(has_phone(item.text) for item in message.attachments)
            return has_phone(f"{message.subject}\n{text}") or in_files
        case AskKind.OPEN_FILE:
            return bool(found.links) or any(not item.inline for item in message.attachments)
        case AskKind.BANK_CHANGE:
            return bool(_ACCOUNT.search(text)) and (len(words["bank_change"]) > 1 or bool(_IBAN.search(text)))
        case AskKind.CONSENT:
            return any(_OAUTH.search(view.url) for view, _ in found.links) or len(words["consent"]) > 1
        case AskKind.SIGN_IN:
            return bool(found.links) or "password" in words or bool(message.forms) or bool(message.attachments)
        case AskKind.PAYMENT:
            strong = {"extortion", "rental"} & words.keys()
            return bool(strong) or len(words["payment"]) > 1 or bool(_MONEY.search(message.subject + text))
        case AskKind.PERSONAL_DATA:
            strong = {"card_data", "personal_data"} & words.keys()
            return bool(strong) or (
                bool(found.links) and len(words.get("marketplace", ()) + words.get("claim_money", ())) > 1
            )
        case AskKind.REPLY:
            return _is_an_opener(message, words["opener"])
        case _:
            return True


_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}|\baccount\W{1,3}\d{6,}|\bsort code\b", re.IGNORECASE)
#: An opener is short: who has something to say says it.
_MOST_OPENING: Final = 700


def _is_an_opener(message: Message, places: Sequence[Evidence]) -> bool:
    return len(places) > 1 and len((message.new_text or message.text).strip()) <= _MOST_OPENING


def _is_page(item: Attachment) -> bool:
    name = item.filename.rpartition(".")[2].lower()
    return not item.inline and (name in _PAGES or item.true_type in ("text/html", "image/svg+xml"))


def _is_dangerous(item: Attachment) -> bool:
    """A page that opens outside any mail program, a locked archive, a document with a program in it."""
    return _is_page(item) or item.encrypted or item.has_macros


def _ask(kind: AskKind, places: Sequence[Evidence], message: Message, found: Found) -> Ask:
    identity, why = _identity(kind, message, found)
    place = max(places[:4], key=lambda item: len(item.quote))
    said = f"{_VERBS[kind]}; {why}"
    return Ask(kind=kind, identity=identity, quote=place.quote, where=place.where, why=said[:1].upper() + said[1:])


def _identity(kind: AskKind, message: Message, found: Found) -> tuple[Identity, str]:
    """Return whether this ask comes from who it claims to: the author proven, and what is asked for going to them."""
    standing = found.standing
    if not standing.proven:
        return standing.identity, standing.why
    doubt = _never_by_mail(kind, message, found)
    if not doubt and kind in _BY_LINK:
        doubt = _elsewhere(kind, message, found)
    return (Identity.UNPROVEN, doubt) if doubt else (Identity.PROVEN, standing.why)


def _never_by_mail(kind: AskKind, message: Message, found: Found) -> str:
    """Return why not even a verified sender is enough for this ask: his account may be another's."""
    words, relation = found.words, found.standing.relation
    if "extortion" in words and kind is AskKind.PAYMENT and len(words["extortion"]) > 1:
        return "nothing proves who threatens"
    if kind is AskKind.CODE and {"device_code", "seed_phrase"} & words.keys():
        return "whoever sends such a code signs in with it, so a verified address proves nothing"
    if relation == "own":
        return ""
    if kind is AskKind.BANK_CHANGE:
        return "a verified address does not prove a new account: ask by a way that you know"
    if kind is AskKind.GIFT_CARD and relation not in ("brand", "public"):
        return "a verified address does not prove who wants gift cards"
    if kind is AskKind.CONSENT and any(_OAUTH.search(view.url) for view, _ in found.links) and relation != "brand":
        return "the application's owner is not proven"
    if kind is AskKind.CALL_BACK and relation == "platform":
        return "the service's user gives the number, not the service"
    if kind is AskKind.OPEN_FILE and any(map(_is_dangerous, message.attachments)):
        return "a verified address does not make such a file safe"
    if kind is AskKind.SIGN_IN and "password" in words and relation in ("platform", "person", "organization"):
        return "a password is asked for, which nobody needs by mail"
    if kind is AskKind.MOVE_CHANNEL and relation in ("person", "organization", "platform"):
        return "who answers there is not proven"
    if relation == "platform" and kind is AskKind.PAYMENT and _speaks_for_a_user(message):
        return f"{found.standing.organization} is verified, its user is not"
    return ""


def _speaks_for_a_user(message: Message) -> bool:
    return bool(_THIRD_PARTY.search(f"{message.author.name}\n{message.subject}\n{message.text[:2_000]}"))


def _elsewhere(kind: AskKind, message: Message, found: Found) -> str:
    """Return why what is asked for goes to somebody else than the author, or an empty string."""
    relation = found.standing.relation
    for view, owner in found.links:
        if owner == "made_up":
            return f"the link leads to {view.host}, which could belong to anybody"
        if owner == "published" and relation not in ("own", "known"):
            return f"the link leads to {view.host}, where anybody may publish"
        if owner == "stranger" and relation in ("person", "platform") and not message.lists.is_list:
            return f"the link leads to {view.host}, which is not the sender's"
    return ""
