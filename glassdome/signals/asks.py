"""Report what a mail asks of its reader, and where the links lead that it asks to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.asked import (
    GROUPS,
    OWN_NAME,
    TALKED_ABOUT,
    AskMaterial,
    find_asked,
    foreign_account,
    is_newsletter,
    look,
)
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.link_view import asks_access
from glassdome.signals.phone_numbers import phone_numbers
from glassdome.values.ask import Asked, AskKind, Identity
from glassdome.values.context import Context
from glassdome.values.file_places import coded_addresses
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "ask_sign_in": "the mail asks to sign in, or to confirm an account or a device",
    "ask_password": "the mail asks for a password, or to sign in with the account of work or mail",
    "ask_device_code": "the mail asks to enter a code that signs somebody else in",
    "ask_approve": "the mail asks to approve a sign-in that the reader did not begin",
    "ask_consent": "the mail asks to give an application access to an account",
    "ask_payment": "the mail asks for a payment",
    "ask_card": "the mail asks for the details of a card or a bank account",
    "ask_bank_change": "the mail asks to pay to another account than before",
    "ask_oauth": "the link asks for lasting access to a mailbox or files",
    "foreign_account": "the account to pay to is in another country than the sender",
    "ask_gift_card": "the mail asks to buy gift cards or to send their codes",
    "ask_call_back": "the mail asks to call a number about a charge",
    "phone_disguised": "a number to call is written so that programs do not find it",
    "ask_file": "the mail asks to open a file or a shared document",
    "ask_locked_file": "the mail gives the password of a locked file",
    "ask_personal_data": "the mail asks for personal documents or details",
    "ask_move_channel": "the mail asks to go on by a messenger or a private number",
    "ask_opener": "a short mail asks whether the reader is there, for a favour that it does not name",
    "ask_extortion": "the mail threatens to show what it claims to have recorded",
    "ask_seed_phrase": "the mail is about the recovery phrase of a wallet",
    "lure_job": "the mail offers easy work from home",
    "lure_invest": "the mail promises a gain for a sum that the reader pays in",
    "lure_rental": "the mail wants a deposit before a flat was seen",
    "lure_strike": "the mail threatens to delete a page for a breach of rights",
    "lure_sale": "the mail says that a buyer has paid and the money must be claimed",
    "lure_refund": "the mail says that money waits for its reader",
    "lure_charge": "the mail reports a charge or a renewal",
    "lure_deadline": "the mail sets a short time and says what happens after it",
    "lure_secrecy": "the mail demands secrecy, and something of value for an unproven author",
    "lure_relative": "the mail speaks for a relative with a new number, and nothing proves who writes",
    "ask_unproven": "an unproven author asks for something of value",
    "ask_contradicted": "something of value is asked for in the name of somebody who did not send it",
    "ask_proven": "the request comes from the author that it claims",
    "link_made_up": "the link's domain is put together like those made for one lure",
    "link_stranger": "the link leads to somebody who is neither the sender nor known",
    "link_published": "the link leads to a page that anybody may publish",
    "code_stranger": "a QR code leads to somebody who is neither the sender nor known",
    "code_drawn": "a QR code is drawn with characters, so that programs do not find it",
    "link_hacked": "the link leads into the inner folders of a web site of somebody else",
}
#: Groups of words and the signal each makes.
_OF_WORDS = {
    "sign_in": "ask_sign_in", "password": "ask_password", "device_code": "ask_device_code", "mfa_approve": "ask_approve",
    "consent": "ask_consent", "payment": "ask_payment", "card_data": "ask_card", "bank_change": "ask_bank_change",
    "gift_card": "ask_gift_card", "open_file": "ask_file", "locked_file": "ask_locked_file",
    "personal_data": "ask_personal_data", "move_channel": "ask_move_channel", "opener": "ask_opener",
    "extortion": "ask_extortion", "seed_phrase": "ask_seed_phrase", "job_offer": "lure_job", "rental": "lure_rental",
    "strike": "lure_strike", "marketplace": "lure_sale", "claim_money": "lure_refund", "charged": "lure_charge",
    "deadline": "lure_deadline", "new_account": "ask_bank_change", "foreign_login": "ask_password",
    "invest": "lure_invest",
}  # fmt: skip
#: Groups of words that honest people use too: they count only together with an ask of an unproven author.
_BESIDE_DOUBT = {"secrecy": "lure_secrecy", "relative": "lure_relative"}
#: What one, two and more different phrases of a group count.
_STRENGTHS = (0.6, 0.85, 1.0)
#: Words that, alone, say nothing: two of them make a case.
_TWICE = frozenset(("opener", "job_offer", "extortion"))
_HACKED = re.compile(r"/(?:wp-(?:content|includes|admin)|\.well-known|cgi-bin|sites/default/files|components/com_|modules/mod_)", re.IGNORECASE)  # fmt: skip


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report the asks by their words, by who makes them and by where their links lead."""
    found = look(message, context)
    asked = context.asked if context.asked is not None else find_asked(message, context, found)
    yield from _of_words(found, asked, talking=is_newsletter(message, found.standing))
    yield from _by_identity(asked, found)
    yield from _numbers(message, found)
    yield from _links(found)
    yield from _codes(message, found)
    yield from _accounts(message, found)


#: Groups of words that a newsletter may talk about.
_TALK = frozenset(group for kind in TALKED_ABOUT for group in GROUPS[kind]) | {"extortion", "job_offer", "password"}


def _of_words(found: AskMaterial, asked: Asked, *, talking: bool) -> Iterator[Signal]:
    told: dict[str, tuple[Evidence, ...]] = {}
    for group, places in found.words.items():
        name = _OF_WORDS.get(group)
        if name is None or (talking and group in _TALK) or (group in _TWICE and len(places) < 2):
            continue
        told[name] = (*told.get(name, ()), *places)
    if told.keys() & {"ask_bank_change"} and not any(ask.kind is AskKind.BANK_CHANGE for ask in asked.asks):
        # A new account is announced and not given: nobody can pay to it.
        del told["ask_bank_change"]
    for name, places in told.items():
        strength = _STRENGTHS[min(len(places), len(_STRENGTHS)) - 1]
        yield hit(name, f"{_SIGNALS[name]}: “{_shown(places)}”", *places, strength=strength)
    if not talking and "call_back" in found.words and "charged" in found.words:
        places = (*found.words["charged"][:1], *found.words["call_back"])
        yield hit("ask_call_back", f"{_SIGNALS['ask_call_back']}: “{_shown(places)}”", *places)


def _numbers(message: Message, found: AskMaterial) -> Iterator[Signal]:
    """Report a number to call about a charge that is written so that programs miss it."""
    if not {"charged", "call_back"} & found.words.keys():
        return
    text = message.new_text or message.text
    if number := next((one for one in phone_numbers(text) if one.disguised), None):
        quote = text[number.start : number.end]
        yield hit("phone_disguised", f"{_SIGNALS['phone_disguised']}: “{quote}”", evidence("text", quote))


#: Owners of links that a code should not lead to.
_FOREIGN = ("stranger", "made_up", "published")
#: Authors who may draw a code: nobody else has an honest reason to.
_TRUSTED = ("own", "known", "brand", "public")


def _codes(message: Message, found: AskMaterial) -> Iterator[Signal]:
    coded = coded_addresses(message) if found.links else frozenset()
    views = [view for view, owner in found.links if owner in _FOREIGN and view.url in coded]
    if views:
        detail = f"{_SIGNALS['code_stranger']}: {views[0].host}"
        yield hit("code_stranger", detail, *(evidence(v.where, v.url) for v in views))
    drawn = next((view for view, _ in found.links if message.links[view.number].coded), None)
    if drawn and found.standing.relation not in _TRUSTED:
        yield hit("code_drawn", f"{_SIGNALS['code_drawn']}: {drawn.host}", evidence(drawn.where, drawn.url))


_SCOPES = re.compile(r"mail\.google|mail\.read|mail\.send|mailboxsettings|offline_access|files\.read|contacts|drive\b|full_access|user_impersonation", re.IGNORECASE)  # fmt: skip


def _accounts(message: Message, found: AskMaterial) -> Iterator[Signal]:
    for view, _ in found.links:
        if asks_access(view.url) and _SCOPES.search(view.url) and found.standing.relation != "brand":
            yield hit("ask_oauth", f"{view.host} asks for lasting access", evidence(view.where, view.url))
            break
    if account := foreign_account(message):
        yield hit("foreign_account", f"the account is in {account[:2]}", evidence("text", account))


def _shown(places: tuple[Evidence, ...]) -> str:
    return " ".join(" … ".join(place.quote for place in places[:2]).split())[:160]


#: How much an ask counts of which nothing is known but that an organization with a composed name makes it.
_ONLY_ITS_NAME = 0.3


def _by_identity(asked: Asked, found: AskMaterial) -> Iterator[Signal]:
    valued = [ask for ask in asked.asks if ask.of_value]
    for name, wanted in (("ask_contradicted", Identity.CONTRADICTED), ("ask_unproven", Identity.UNPROVEN)):
        doubtful = [ask for ask in valued if ask.identity is wanted]
        if doubtful:
            places = (evidence(ask.where, ask.quote) for ask in doubtful)
            strength = _ONLY_ITS_NAME if all(OWN_NAME in ask.why for ask in doubtful) else 1.0
            yield hit(name, doubtful[0].why, *places, strength=strength)
    if valued and all(ask.identity is Identity.PROVEN for ask in valued):
        yield hit("ask_proven", valued[0].why, evidence(valued[0].where, valued[0].quote))
    if any(ask.identity is not Identity.PROVEN for ask in valued):
        yield from _beside_doubt(found)


def _beside_doubt(found: AskMaterial) -> Iterator[Signal]:
    for group, name in _BESIDE_DOUBT.items():
        if places := found.words.get(group):
            strength = _STRENGTHS[min(len(places), len(_STRENGTHS)) - 1]
            yield hit(name, f"{_SIGNALS[name]}: “{_shown(places)}”", *places, strength=strength)


def _links(found: AskMaterial) -> Iterator[Signal]:
    for name, owner in (("link_made_up", "made_up"), ("link_stranger", "stranger"), ("link_published", "published")):
        views = [view for view, whose in found.links if whose == owner]
        if views:
            yield hit(name, f"{_SIGNALS[name]}: {views[0].host}", *(evidence(v.where, v.url) for v in views))
    hacked = [view for view, whose in found.links if whose == "stranger" and _HACKED.search(view.rest)]
    if hacked:
        yield hit(
            "link_hacked", f"{_SIGNALS['link_hacked']}: {hacked[0].host}", evidence(hacked[0].where, hacked[0].url)
        )


DETECTOR = Detector(name="asks", signals=_SIGNALS, run=detect)
