"""Reads one mail as a turn of its thread: what it asks, promises, settles and puts off, by its new words alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from typing import Final

from glassdome.core import limits
from glassdome.engine.builtin.intent import requests_in
from glassdome.engine.builtin.sentences import Sentence, sentences_of
from glassdome.engine.builtin.words import fold
from glassdome.threads.acts import POLITE, Acts, acts_of, is_question, peaks, without_asides
from glassdome.threads.days import day_in, due_day
from glassdome.threads.formulas import is_advice, is_for_failure, is_notice, is_pitch, is_their_own, speaks_to_all
from glassdome.threads.kinds import calendar_answer, calls_off, kind_of
from glassdome.threads.letter import People, body_of, language_of_letter, people_of
from glassdome.threads.lexicon import LANGUAGES, ThreadWords, read_words, stems_of, words_for
from glassdome.values.message import Address, Message
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Debt, Owner, Turn

__all__ = ["turn_of"]

#: Sentences read, debts and other sentences kept of one mail.
_MOST_SENTENCES: Final = 40
_MOST_DEBTS: Final = 6
_MOST_KEPT: Final = 2
#: ThreadWords up to which a sentence of thanks or of agreement is nothing else.
_COURTESY_WORDS: Final = 9
_FEW_WORDS: Final = 3
#: ThreadWords up to which a sentence with a day says hardly more than the day.
_SHORT: Final = 7
_YEARS: Final = (1970, 2999)
_MOST_STEMS: Final = 60
#: Sentences behind a request in which its day may stand.
_NEAR: Final = 2
_AT_ALL: Final = "?"
#: A chance from which on a long sentence of thanks is nothing else.
_THANKFUL: Final = 0.7
#: A chance from which on a sentence with a day may be a promise of the one who owes a deed.
_LEANS: Final = 0.3
#: A chance from which on a promise is clear; others count where a mail has no clear one.
_CLEAR: Final = 0.8
#: A chance below which something may be a request or a promise, and no reminder builds on it.
_LIKELY: Final = 0.5
#: A chance below which a sentence tells when somebody is back, and leaves nothing to them.
_HANDS: Final = 0.1
#: Words of a question inside a request ("tell me if it is free on the 19th"), whose day is no day by which; folded.
_EMBEDDED: Final = re.compile(
    r"\w (?:if|whether|when|which|what|how|ob|wann|welche\w?|was|wie|si|quand|quel\w*|combien|ce que|cuando|cual\w*|cuant\w+|como) "
)
#: A span of days, whose last is no day by which something is wanted; folded.
_SPAN: Final = re.compile(
    r"\b(?:vom|von|from|between|zwischen|entre|del?|du|desde) (?:\S+ ){1,3}(?:bis|to|till|until|and|und|al?|au|et|y|hasta)\b"
)
#: A number that ends a sentence; where a dot after a number means "th", none does.
_ENDS: Final = re.compile(r"(\d\.) (?=[A-ZÀ-Þ¿¡])")


@dataclass(slots=True)
class _Reading:
    """The findings of the sentences, as they are read one after another."""

    requests: list[Debt] = field(default_factory=list)
    promises: list[Debt] = field(default_factory=list)
    leaves: list[tuple[str, str]] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    thanked: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    defers_until: date | None = None
    moved_to: date | None = None
    named: Debt | None = None
    spoken_to: tuple[str, ...] = ()
    last_request: int = -9
    chances: list[Mapping[str, float]] = field(default_factory=list)


def turn_of(
    message: Message,
    *,
    ref: MessageRef,
    owner: Owner,
    mine: bool | None = None,
    at: datetime | None = None,
    suspected: bool = False,
) -> Turn:
    """Return the turn that `message` is in the thread of `owner`.

    `mine` says that the owner wrote it (mail of the Sent folder), else the author's address tells. `at` stands for a mail
    without a date. A `suspected` fraud or spam asks nothing.
    """
    author = message.author.addr.lower()
    mine = owner.is_me(author) if mine is None else mine
    written = _moment(message, at)
    language = language_of_letter(message)
    kind = kind_of(message) if not mine else "message"
    turn = Turn(
        ref=ref, message_id=message.message_id, at=written, mine=mine, author=author, author_name=message.author.name[:80],
        to=_addresses(message.to), cc=_addresses(message.cc), in_reply_to=message.in_reply_to,
        names=tuple((person.addr.lower(), person.name[:80]) for person in (message.author, *message.recipients) if person.name),
        subject=message.subject[:200], kind=kind, language=language, suspected=suspected,
    )  # fmt: skip
    if kind in ("automatic", "report") or suspected:
        return turn
    body = body_of(message.new_text, read_words(language if language in LANGUAGES else "en"), message.author)
    if kind == "absence":
        return replace(turn, away_until=_away_until(body, language, written))
    if kind == "calendar" and calendar_answer(message):
        return replace(turn, settles=True, accepts=True, withdraws=calls_off(message), gist=_cut(body))
    people = people_of(message, owner.addresses, owner.name)
    pitch = not mine and not owner.is_colleague(author) and is_pitch(message.new_text)
    return _read(replace(turn, pitch=pitch), message, body, people, owner)


def _moment(message: Message, at: datetime | None) -> datetime:
    """Return when a mail was written; a date out of all reason, to which no days can be added, is none."""
    for moment in (message.date, message.received, at):
        if moment is not None and _YEARS[0] <= moment.year <= _YEARS[1]:
            return moment
    raise ValueError("a mail without a date needs `at`")


def _addresses(people: Sequence[Address]) -> tuple[str, ...]:
    return tuple(person.addr.lower() for person in people[: limits.MAX_ACTION_ITEMS * 5])


def _away_until(body: str, language: str, written: datetime) -> date | None:
    days = [day for s in sentences_of(body)[:_MOST_SENTENCES] if (day := day_in(s.text, language, written)) is not None]
    return max(days, default=None)


def _read(turn: Turn, message: Message, body: str, people: People, owner: Owner) -> Turn:
    found = _Reading()
    known = turn.language in LANGUAGES
    table = read_words(turn.language if known else "en")
    sentences = sentences_of(body if turn.language == "de" else _ENDS.sub(r"\1\n\n", body))[:_MOST_SENTENCES]
    for number, sentence in enumerate(sentences):
        _take(found, number, sentence.text, table, turn, people, owner)
    if not known:
        _ask_engine(found, sentences, turn)
    if any(not item.inline and item.size for item in message.attachments):
        found.flags.add("attached")
    return _closed(turn, found, to_all=speaks_to_all(body))


def _ask_engine(found: _Reading, sentences: Sequence[Sentence], turn: Turn) -> None:
    """Add the requests that the engine's words find in a language that has no table here."""
    known = {debt.quote for debt in found.requests}
    for request in requests_in(sentences, turn.language, turn.at):
        quote = _cut(request.sentence.text)
        if request.clear and quote not in known:
            found.requests.append(Debt(basis="request", quote=quote, due=request.due_at, action=True))


def _closed(turn: Turn, found: _Reading, *, to_all: bool) -> Turn:
    """Put the findings into the turn."""
    promises = [debt for debt in found.promises if not debt.weak] or found.promises
    confirms = bool(turn.in_reply_to) and not found.flags.isdisjoint(("ack", "thanks"))
    asked = [
        debt
        for debt in found.requests
        if not (confirms and is_advice(debt.quote))
        and not is_notice(debt.quote, to_all=to_all)
        and not (promises and not promises[0].weak and is_their_own(debt.quote))
    ]
    requests = [debt for debt in asked if not debt.weak] or asked
    flags = found.flags
    return replace(
        turn,
        requests=tuple(requests[:_MOST_DEBTS]), promises=tuple(promises[:_MOST_DEBTS]),
        settles=_says(found) or "decline" in flags or "done" in flags,
        delivers="done" in flags or "attached" in flags, accepts="ack" in flags,
        received="received" in flags, thanks="thanks" in flags, withdraws="withdraw" in flags,
        no_reply="no_reply" in flags, leaves=tuple(found.leaves[:_MOST_DEBTS]),
        defers_until=found.defers_until, moved_to=found.moved_to, names_day=found.named, pending="pending" in flags, decisions=tuple(found.decisions[:_MOST_KEPT]),
        acts=peaks(found.chances), last_acts=peaks(found.chances[-1:]),
        gist=_cut(next((text for text in found.said), "") or next((debt.quote for debt in requests), "")),
        points=len(found.said), told=tuple(sorted({*chain.from_iterable(map(stems_of, (*found.said, *found.thanked, *(debt.quote for debt in requests))))}))[:_MOST_STEMS],
    )  # fmt: skip


def _says(found: _Reading) -> bool:
    """Return whether a mail says something of its own: before a question, one word ("Oops.") is nothing."""
    return len(found.said) > bool(found.requests) or any(" " in text.strip() for text in found.said)


def _take(
    found: _Reading, number: int, text: str, table: ThreadWords, turn: Turn, people: People, owner: Owner
) -> None:
    """Read one sentence."""
    bare = without_asides(text)
    words = words_for(bare, table.language)
    acts = acts_of(bare, words, table, turn.language)
    found.chances.append(acts.chances)
    roles, asks = acts.roles, is_question(text)
    called = people.spoken_to(text)
    if "thanks" not in roles and _is_greeting(number, words, called, people):
        found.spoken_to = called or ()
        return
    if called is not None and "thanks" not in roles:
        found.spoken_to = called
    if "no_reply" in roles and not asks and not acts.may_defer:
        found.flags.add("no_reply")
        return
    if "withdraw" in roles and not asks and (not acts.vows or (acts.retracts and acts.chances["promise"] < _LIKELY)):
        found.flags.add("withdraw")
        return
    promised = acts.vows or ("promise" in roles and not roles & {"plan", "condition"} and POLITE.isdisjoint(words))
    states = promised or ("pending" in roles and POLITE.isdisjoint(words))
    if asks or (roles & {"request", "ask", "order", "hope"} and not states):
        if _asks(roles, words, asks=asks) and (asks or not is_for_failure(bare)):
            _take_request(found, number, text, roles, turn, called)
            return
        if asks or ("empty" in roles and "done" not in roles):
            return
    _take_statement(found, number, text, words, acts, turn, people, owner)


def _is_greeting(number: int, words: Sequence[str], called: tuple[str, ...] | None, people: People) -> bool:
    """Return whether a line greets: with names alone, or with a word of greeting and few others."""
    if number > 1 or not words or len(words) > _COURTESY_WORDS // 2 + 1:
        return False
    if called is not None:
        return people.are_names(words)
    return words[0] in _GREETINGS


_GREETINGS: Final = frozenset(
    ["hi", "hello", "hey", "dear", "morning", "good", "hallo", "liebe", "lieber", "guten", "moin", "servus", "sehr", "bonjour", "bonsoir",
     "salut", "cher", "chere", "chers", "madame", "monsieur", "coucou", "hola", "buenos", "buenas", "estimado", "estimada", "estimados",
     "querido", "querida", "ciao", "buongiorno", "gentile", "beste", "hoi", "dag", "ola", "bom", "caro", "cara", "dzien", "czesc", "witam", "szanowni", "szanowna", "szanowny"]
)  # fmt: skip


def _asks(roles: set[str], words: Sequence[str], *, asks: bool) -> bool:
    """Return whether a sentence with a question mark, or with the words of a request, wants anything back."""
    if "empty" in roles:
        return False
    if asks:
        return True
    if roles & {"received", "condition"} and not roles & {"ask", "request"}:
        return False
    return len(words) > 1


def _take_request(
    found: _Reading, number: int, text: str, roles: set[str], turn: Turn, called: tuple[str, ...] | None
) -> None:
    polite = not POLITE.isdisjoint(words_for(text, turn.language))
    action = polite or bool(roles & {"ask", "modal", "order"}) or not (text.endswith(_AT_ALL) or "hope" in roles)
    named = action and (roles & {"modal", "order"} or not text.endswith(_AT_ALL))
    asked = fold(text)
    loose = _EMBEDDED.search(asked) is None
    due = due_day(text, turn.language, turn.at, any_day=bool(named) and loose, said=not loose)
    if text.endswith(_AT_ALL) and _SPAN.search(asked):
        due = None
    weak = "hope" in roles and due is None and not text.endswith(_AT_ALL)
    debt = Debt(
        basis="request", quote=_cut(text), due=due, to=called or found.spoken_to, action=action, weak=weak,
        anyone="anyone" in roles,
    )  # fmt: skip
    found.requests.append(debt)
    found.last_request = number
    found.flags |= roles & {"received", "pending"}


def _take_statement(
    found: _Reading,
    number: int,
    text: str,
    words: Sequence[str],
    acts: Acts,
    turn: Turn,
    people: People,
    owner: Owner,
) -> None:
    roles = acts.roles
    due = due_day(text, turn.language, turn.at)
    if "received" in roles:
        found.flags.add("received")
    if "thanks" in roles:
        found.flags.add("thanks")
    if left := _left_to(text, words, acts, turn, people, owner):
        found.leaves.append((left, _cut(text)))
        if turn.mine or owner.is_colleague(turn.author):
            return
    if due is not None and found.requests and number - found.last_request <= _NEAR and found.requests[-1].due is None:
        found.requests[-1] = replace(found.requests[-1], due=due)
    later = _day_ahead(text, acts, turn)
    if later is not None and not acts.vows and _puts_off(found, text, acts, later):
        return
    day = due_day(_turned(text), turn.language, turn.at, any_day=True, alone=True) or later
    if not _takes_on(found, text, words, acts, day):
        _take_rest(found, text, words, acts, due)


def _day_ahead(text: str, acts: Acts, turn: Turn) -> date | None:
    """Return the day until which a sentence puts something off, or before which its writer does not keep a promise."""
    if not acts.may_defer and not (acts.vows and _UNTIL.search(fold(text))):
        return None
    later = day_in(text, turn.language, turn.at, alone=True)
    return later if later is not None and later > turn.at.date() else None


def _puts_off(found: _Reading, text: str, acts: Acts, later: date) -> bool:
    """Note a day from which on it is early enough, or before which its writer does not want to be asked."""
    if {"defer", "enough"} <= acts.roles:
        found.moved_to = later
        found.said.append(text)
    elif acts.refuses:
        return False
    else:
        found.defers_until = later
    return True


def _takes_on(found: _Reading, text: str, words: Sequence[str], acts: Acts, day: date | None) -> bool:
    """Note a promise, that something is not done yet, and a day that may be a promise."""
    roles, chance = acts.roles, acts.chances["promise"]
    promised = acts.vows or ("promise" in roles and not roles & {"plan", "condition"})
    made = Debt(basis="promise", quote=_cut(text), due=day, action=True, weak=chance < _CLEAR)
    if promised or (day is not None and acts.may_promise):
        found.promises.append(made)
        return True
    if "pending" in roles:
        found.flags.add("pending")
        return True
    leans = chance >= _LEANS and not roles & {"decline", "condition"}
    if day is not None and (leans or len(words) <= _SHORT):
        found.named = replace(made, weak=not leans)
    if day is not None and leans:
        found.said.append(text)
        return True
    return False


def _take_rest(found: _Reading, text: str, words: Sequence[str], acts: Acts, due: date | None) -> None:
    """Read a sentence that owes nothing: an answer, agreement, thanks."""
    roles = acts.roles
    courteous = len(words) <= _COURTESY_WORDS or ("thanks" in roles and acts.chances["ack"] >= _THANKFUL)
    if roles & {"done", "decline", "decided"}:
        found.flags |= roles & {"done", "decline"}
        found.decisions += [_cut(text)] if "decided" in roles else []
        found.said.append(text)
    elif "enough" in roles:
        found.moved_to = due
        found.flags.add("ack")
    elif roles & {"thanks", "ack", "received"} and courteous:
        found.flags |= roles & {"ack"}
        found.thanked += [text] if "thanks" in roles else []
    else:
        found.said.append(text)


def _turned(text: str) -> str:
    """Return the part behind a "but", where there is one: the day before it is of what stands against it."""
    return _BUT.split(text)[-1]


#: Words of a day before which nothing happens; folded.
_UNTIL: Final = re.compile(r"\b(?:until|till|bis|jusqu'|hasta(?! arriba))")
_BUT: Final = re.compile(r",? (?:but|aber|mais|pero) ", re.IGNORECASE)


def _left_to(text: str, words: Sequence[str], acts: Acts, turn: Turn, people: People, owner: Owner) -> str:
    """Return the address of whom a sentence leaves something to ("Ms Example will tell you"), empty where there is none."""
    if "hand" not in acts.roles or ("defer" in acts.roles and acts.chances["hand"] < _HANDS) or len(words) < _FEW_WORDS:
        return ""
    others = [address for address in people.named_in(words) if address != turn.author]
    if turn.mine or not owner.is_colleague(turn.author):
        others = [address for address in others if not owner.is_me(address)]
    spoken = people.spoken_to(text) or ()
    return next((address for address in others if address not in spoken and not _stands_in(words, people, address)), "")


def _stands_in(words: Sequence[str], people: People, address: str) -> bool:
    """Return whether the author stands in for that person: "jumping in for Jana", "Jana is away, I answer in her place"."""
    if not _INSTEAD.isdisjoint(words):
        return True
    places = [number for number, word in enumerate(words) if people.by_word.get(word) == address]
    return any(words[max(0, place - 2) : place].count(word) for place in places for word in _FOR)


#: Words of "in her place"; folded.
_INSTEAD: Final = frozenset(("place", "stead", "stelle", "behalf", "lugar", "nombre", "posto", "plaats"))
_FOR: Final = ("for", "fur", "pour", "por", "statt", "instead", "per", "voor", "namens")


def _cut(text: str) -> str:
    return text[: limits.MAX_PHRASE_CHARS].strip()
