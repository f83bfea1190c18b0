"""Find who asks the reader for what, and whether the one who asks is proven: the facts under the judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from glassdome.signals.ask_words import Words, asking_words
from glassdome.signals.brand_names import claimed_brand
from glassdome.signals.claims import ROLE_LOCAL, claim_of, owns
from glassdome.signals.domains import main_label
from glassdome.signals.finding import evidence
from glassdome.signals.gateway import inner_view, looked_through
from glassdome.signals.host_lists import platforms
from glassdome.signals.inner_files import is_locked, runs_code, with_inner
from glassdome.signals.link_owner import Owner, is_a_way_back, owner_of
from glassdome.signals.link_view import LinkView, asks_access, view_links
from glassdome.signals.phone_numbers import has_phone, phone_numbers
from glassdome.signals.standing import standing_of
from glassdome.values.ask import Ask, Asked, AskKind, Identity, Standing
from glassdome.values.context import Context
from glassdome.values.file_places import read_files
from glassdome.values.message import Attachment, Message
from glassdome.values.signal import Evidence

__all__ = [
    "GROUPS",
    "OWN_NAME",
    "TALKED_ABOUT",
    "AskMaterial",
    "find_asked",
    "foreign_account",
    "is_newsletter",
    "look",
]

#: Which words are which ask; the first group of an ask that occurs is quoted.
GROUPS: Final[Mapping[AskKind, tuple[str, ...]]] = {
    AskKind.CODE: ("device_code", "seed_phrase", "mfa_approve"),
    AskKind.CONSENT: ("consent",),
    AskKind.SIGN_IN: ("foreign_login", "password", "sign_in", "strike"),
    AskKind.BANK_CHANGE: ("bank_change", "new_account"),
    AskKind.GIFT_CARD: ("gift_card",),
    AskKind.PAYMENT: ("extortion", "payment", "rental", "invest"),
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
#: Asks that a person or a small organization makes at home, if at all.
_AT_THE_SENDERS: Final = frozenset((AskKind.SIGN_IN, AskKind.PERSONAL_DATA, AskKind.CODE))
#: Asks that an unknown organization makes for itself.
_OF_ITS_OWN: Final = frozenset((AskKind.SIGN_IN, AskKind.PAYMENT, AskKind.PERSONAL_DATA, AskKind.CODE, AskKind.CONSENT))
#: What a newsletter talks about, it does not ask for.
TALKED_ABOUT: Final = frozenset(
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
#: How the sentence about an organization begins of which nothing is known but its name.
OWN_NAME: Final = "nothing but its own name speaks for"
#: The message caches the result under this name.
_NOTE: Final = "asked"
_MONEY = re.compile(
    r"[$€£¥₺₽₴₩₪₹₫฿円元원]|\b(?:usd|eur|euros?|dollars?|pounds?|reais|gbp|chf|brl|pln|kr|zł|btc|usdt|kč|czk|ft|huf|lei|ron|лв|bgn|rsd|din|дин|"
    r"руб\w*|грн|гривен\w*|uah|tl|lira|rp|idr|vnd|đồng|kronor|kroner|korun|forint\w*|dinara|динара|evrov|evra|eura|евро|євро|ευρώ|złotych|лева|lv)\b|r\$|ريال|درهم|جنيه|دينار|تومان|บาท|ש\"ח|रुपय",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}|\biban\b|\bsort code\b|\bconto\b|\bkonto\b|\bcompte\b|\bcuenta\b|\bconta\b|\brekening|\baccount\b|\bbank|rachun|\búčt|\búčet|\bcontul|счет|счёт|рахун|\bhesa[bp]|száml|\btili|λογαριασμ|račun|сметк|sąskait|\bkont|口座|账户|帳戶|账号|帳號|계좌|"
    r"חשבון|حساب|खात|rekening|tài khoản|บัญชี",
    re.IGNORECASE,
)  # fmt: skip
#: Names of shared files that impostors choose.
_MONEY_FILE = re.compile(
    r"\b\w*(?:payroll|salar(?:y|ies)|bonus|overdue|remittance|settlement|invoice|payment|wire_?transfer|compensation|lohn|gehalt|zahlung|rechnung|"
    r"facture|paie\b|nómina|factura|fattura|bonifico|factuur|salaris|fatura|pagamento|bulletin)",
    re.IGNORECASE,
)
#: Platforms on which money is asked for by their users.
_THIRD_PARTY = re.compile(
    r"\b(?:request(?:ed|s)?|invoice from|sent you (?:an|a) (?:invoice|payment|money)|note (?:from|to)|seller note|message from|"
    r"zahlungsanforderung|rechnung von|fordert|demande de paiement|facture de|solicita|factura de|richiesta di|fattura da|verzoek van|pedido de)",
    re.IGNORECASE,
)
_MAX_ASKS: Final = 6
_PAGES = ("html", "htm", "shtml", "xhtml", "svg", "mht", "mhtml")


@dataclass(frozen=True, kw_only=True)
class AskMaterial:
    """The material: the words by group, the links that ask with their owners, the author's standing."""

    standing: Standing
    words: Words
    links: tuple[tuple[LinkView, Owner], ...]

    def owners(self) -> frozenset[Owner]:
        """The owners of the links."""
        return frozenset(owner for _, owner in self.links)


def look(message: Message, context: Context) -> AskMaterial:
    """Examine the author, the words and the links that are not small print."""
    note = f"{_NOTE} {' '.join(sorted(context.own_domains))}"
    known = message.notes.get(note)
    if known is None:
        shown = [looked_through(view, message, context) for view in view_links(message)]
        asking = [view for view in shown if view.host and not is_a_way_back(view)]
        owned = [(view, owner_of(view, message)) for view in asking]
        behind = [(view, owner_of(view, message)) for link in asking if (view := inner_view(link)) is not None]
        owned += [(view, owner) for view, owner in behind if owner == "made_up"]
        known = asking_words(message), tuple(owned)
        message.notes[note] = known
    standing = context.asked.standing if context.asked is not None else standing_of(message, context)
    return AskMaterial(standing=standing, words=known[0], links=known[1])


def find_asked(message: Message, context: Context, found: AskMaterial | None = None) -> Asked:
    """Return who asks, and for what, the most doubtful first."""
    found = found or look(message, context)
    asks = [_ask(kind, places, message, found) for kind, places in _kinds(message, found)]
    if not asks and not is_newsletter(message, found.standing) and (view := _lure(found)):
        asks = [_ask(AskKind.SIGN_IN, (evidence(view.where, view.shown or view.url),), message, found)]
    doubt = list(Identity)
    asks.sort(key=lambda ask: -doubt.index(ask.identity))
    return Asked(standing=found.standing, asks=tuple(asks[:_MAX_ASKS]))


def _lure(found: AskMaterial) -> LinkView | None:
    """Return the link that itself asks: from an author of false identity, or one whose owner is unknown."""
    if found.standing.relation in ("own", "known", "platform", "brand", "public"):
        return None
    told = found.standing.identity is Identity.CONTRADICTED
    return next((view for view, owner in found.links if told or owner in ("made_up", "published")), None)


def _kinds(message: Message, found: AskMaterial) -> Iterator[tuple[AskKind, tuple[Evidence, ...]]]:
    """Yield the asks whose words occur and whose means are there."""
    for kind, groups in GROUPS.items():
        places = tuple(place for group in groups for place in found.words.get(group, ()))
        if kind is AskKind.CALL_BACK and not places:
            charged = found.words.get("charged", ())
            places = charged if charged and _has_way_out(message) else ()
        if kind is AskKind.BANK_CHANGE and not places and (account := foreign_account(message)):
            places = (evidence("text", account),)
        if places and _has_means(kind, message, found):
            yield kind, places
        elif kind is AskKind.OPEN_FILE and any(map(_is_dangerous, message.attachments)):
            number = next(n for n, item in enumerate(message.attachments) if _is_dangerous(item))
            yield kind, (evidence(f"attachment:{number}", message.attachments[number].filename),)


def is_newsletter(message: Message, standing: Standing) -> bool:
    """Return whether it is list mail of a verified sender with nothing against him: it talks about lures, it sets none."""
    doubtful = standing.identity is Identity.CONTRADICTED or standing.purpose > 0
    return message.lists.is_list and bool(message.authenticity) and not doubtful


def _has_means(kind: AskKind, message: Message, found: AskMaterial) -> bool:
    """Return whether a mail can be about what its words say: a file to open, a number to call, an account to pay to."""
    words, text = found.words, message.new_text or message.text
    newsletter = is_newsletter(message, found.standing)
    if newsletter and kind in TALKED_ABOUT:
        return False
    match kind:
        case AskKind.CALL_BACK:
            # A page breaks its lines anywhere, also within a number.
            in_files = any(has_phone(" ".join(item.text.split())) for item in message.attachments)
            return has_phone(f"{message.subject}\n{text}") or in_files
        case AskKind.OPEN_FILE:
            return bool(found.links) or _brings_a_doubtful_file(message, found)
        case AskKind.BANK_CHANGE:
            many = len(words.get("bank_change", ())) > 1
            return "new_account" in words or (bool(_ACCOUNT.search(text)) and (many or bool(_IBAN.search(text))))
        case AskKind.CONSENT:
            return any(asks_access(view.url) for view, _ in found.links) or len(words["consent"]) > 1
        case AskKind.SIGN_IN:
            return (
                bool(found.links)
                or not {"password", "foreign_login"}.isdisjoint(words)
                or bool(message.forms)
                or bool(message.attachments)
            )
        case AskKind.PAYMENT:
            strong = {"extortion", "rental", "invest"} & words.keys()
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


_WAY_OUT = re.compile(
    r"\b(?:did not|didn['’]t|not you|money back|refund|cancel\w*|stornier\w*|kündig\w*|erstattung|annuler|rembours\w*|cancelar|reembolso|annullare|"
    r"rimborso|annuleren|terugbetal\w*|dispute|unauthori[sz]ed|widerruf\w*|rückbuch\w*|anular\w*|reclamaci\w*|disdett\w*|disdire|opzegg\w*|"
    r"anulowa\w*|anuluj\w*|zwrot\w*|rezygn\w*|reklamacj\w*|zrušit|zrušení|vrácení|storn[oua]\w*|avbryt\w*|återbetal\w*|annuller\w*|"
    r"tilbagebetal\w*|refusjon)\b",
    re.IGNORECASE,
)
_IBAN_COUNTRY = re.compile(r"\b([A-Z]{2})\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
#: Countries whose companies have accounts in one another without anybody wondering.
_IBAN_LENGTHS: Final[Mapping[str, int]] = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26, "UA": 29, "AE": 23,
}  # fmt: skip
_NEIGHBOURS = frozenset(("DE", "AT", "CH", "LI", "LU", "BE", "NL", "FR"))


def _has_way_out(message: Message) -> bool:
    """A charge that can be undone, and a number: the reader is meant to call."""
    text = f"{message.subject}\n{message.new_text or message.text}"
    return bool(_WAY_OUT.search(text)) and (
        has_phone(text) or any(has_phone(item.text) for item in message.attachments)
    )


def _is_disguised(message: Message) -> bool:
    return any(number.disguised for number in phone_numbers(message.new_text or message.text))


def foreign_account(message: Message) -> str:
    """Return an IBAN of another country than the sender's domain, or an empty string."""
    home = message.author.domain.rpartition(".")[2].upper()
    home = "GB" if home == "UK" else home
    if len(home) != 2:
        return ""
    for found in _IBAN_COUNTRY.finditer((message.new_text or message.text)[:6_000]):
        country, length = found.group(1), sum(map(str.isalnum, found.group()))
        if country != home and length == _IBAN_LENGTHS.get(country) and not {country, home} <= _NEIGHBOURS:
            return found.group()
    return ""


def _is_an_opener(message: Message, places: Sequence[Evidence]) -> bool:
    length = len((message.new_text or message.text).strip()) - len(read_files(message))
    return len(places) > 1 and length <= _MOST_OPENING


def _brings_a_doubtful_file(message: Message, found: AskMaterial) -> bool:
    """An ordinary file that somebody attached asks for nothing; one from a made-up sender, or a dangerous one, does."""
    if not any(not item.inline for item in message.attachments):
        return False
    standing, local = found.standing, message.author.local_part
    made_up = standing.identity is Identity.CONTRADICTED or standing.purpose > 0 or bool(claim_of(message).role)
    borrowed = standing.relation == "free" and bool(ROLE_LOCAL.search(local))
    locked = "locked_file" in found.words
    return made_up or borrowed or locked or any(map(_is_dangerous, message.attachments))


def _is_page(item: Attachment) -> bool:
    name = item.filename.rpartition(".")[2].lower()
    return not item.inline and (name in _PAGES or item.true_type in ("text/html", "image/svg+xml"))


def _is_dangerous(item: Attachment) -> bool:
    """A page that opens outside any mail program, a locked archive, a document with a program in it."""
    return any(map(_is_page, with_inner(item))) or is_locked(item) or runs_code(item)


def _ask(kind: AskKind, places: Sequence[Evidence], message: Message, found: AskMaterial) -> Ask:
    identity, why = _identity(kind, message, found)
    place = max(places[:4], key=lambda item: len(item.quote))
    said = f"{_VERBS[kind]}; {why}"
    return Ask(kind=kind, identity=identity, quote=place.quote, where=place.where, why=said[:1].upper() + said[1:])


def _identity(kind: AskKind, message: Message, found: AskMaterial) -> tuple[Identity, str]:
    """Return whether this ask comes from who it claims to: the author is proven, and the answer goes to them."""
    standing = found.standing
    if not standing.proven:
        return standing.identity, standing.why
    doubt = _never_by_mail(kind, message, found)
    if not doubt and kind in _BY_LINK:
        doubt = _elsewhere(message, found)
    if (
        not doubt
        and kind in _OF_ITS_OWN
        and standing.self_named
        and not message.in_reply_to
        and not is_newsletter(message, standing)
    ):
        doubt = f"{OWN_NAME} {standing.claimed}"
    return (Identity.UNPROVEN, doubt) if doubt else (Identity.PROVEN, standing.why)


def _never_by_mail(kind: AskKind, message: Message, found: AskMaterial) -> str:
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
    if kind is AskKind.CONSENT and any(asks_access(view.url) for view, _ in found.links) and relation != "brand":
        return "the application's owner is not proven"
    given = relation == "platform" or ({"charged", "call_back"} <= words.keys() and _has_way_out(message))
    if kind is AskKind.CALL_BACK and (given or _is_disguised(message)):
        return "a verified address does not prove whose number it gives: take one that you know"
    if kind in _AT_THE_SENDERS and relation in ("person", "organization") and not _leads_home(found):
        return "it is asked for at a place that is not the sender's"
    if kind is AskKind.OPEN_FILE and any(map(_is_dangerous, message.attachments)):
        return "a verified address does not make such a file safe"
    if kind is AskKind.SIGN_IN and "foreign_login" in words and relation in ("person", "organization", "platform"):
        return "the sign-in of somebody else is asked for, and not by the one who keeps it"
    if kind is AskKind.SIGN_IN and "password" in words and (relation == "platform" or _leaves_the_sender(found)):
        return "a password is asked for, and not by the one who keeps it"
    if kind is AskKind.MOVE_CHANNEL and relation in ("person", "organization", "platform"):
        return "who answers there is not proven"
    if (
        relation == "platform"
        and kind is AskKind.OPEN_FILE
        and _MONEY_FILE.search(f"{message.subject}\n{message.text[:1_000]}")
    ):
        return f"{found.standing.organization} is verified, who shared a file about money is not"
    if kind is AskKind.PAYMENT and _is_a_service(found.standing) and _speaks_for_a_user(message):
        return f"{found.standing.organization} is verified, its user is not"
    return ""


def _is_a_service(standing: Standing) -> bool:
    """A service in which users speak, or its sister in another country: `paypal.co.uk` asks for them as `paypal.com` does."""
    if standing.relation == "platform":
        return True
    return standing.relation == "brand" and main_label(standing.organization) in _platform_labels()


@lru_cache(maxsize=1)
def _platform_labels() -> frozenset[str]:
    return frozenset(map(main_label, platforms()))


def _leads_home(found: AskMaterial) -> bool:
    """Some link leads to the author's own site, or by way of his mailer, or there is none."""
    return not found.links or not found.owners().isdisjoint(("sender", "mailer"))


def _leaves_the_sender(found: AskMaterial) -> bool:
    """The password would go to somebody else than the author, or into an answer."""
    person = found.standing.relation in ("person", "organization")
    return person and (not found.links or not found.owners() <= {"sender", "mailer", "known"})


def _speaks_for_a_user(message: Message) -> bool:
    return bool(_THIRD_PARTY.search(f"{message.author.name}\n{message.subject}\n{message.text[:2_000]}"))


def _elsewhere(message: Message, found: AskMaterial) -> str:
    """Return why the answer goes to somebody other than the author, or an empty string."""
    relation = found.standing.relation
    talking = is_newsletter(message, found.standing) or relation not in ("organization", "person")
    named = None if talking else claimed_brand(message.subject, common=False)
    hosts = [message.author.domain, *(view.host for view, _ in found.links)]
    if named is not None and found.links and not any(owns(named, host) for host in hosts):
        return f"it speaks of {named.name}, and no link leads there"
    for view, owner in found.links:
        if owner == "made_up":
            return f"the link leads to {view.host}, which could belong to anybody"
        if owner == "published" and relation not in ("own", "known"):
            return f"the link leads to {view.host}, where anybody may publish"
        if owner == "stranger" and relation in ("person", "platform") and not message.lists.is_list:
            return f"the link leads to {view.host}, which is not the sender's"
    return ""
