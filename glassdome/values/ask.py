"""Values of what a mail asks its reader to give or do, and of whether the one who asks is proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

__all__ = ["OF_VALUE", "Ask", "AskKind", "Asked", "Identity", "Relation", "Standing", "nobody_proven", "unproven_value"]


class AskKind(StrEnum):
    """The kind of thing that is asked for."""

    SIGN_IN = "sign_in"
    CODE = "code"
    CONSENT = "consent"
    PAYMENT = "payment"
    BANK_CHANGE = "bank_change"
    GIFT_CARD = "gift_card"
    CALL_BACK = "call_back"
    OPEN_FILE = "open_file"
    PERSONAL_DATA = "personal_data"
    MOVE_CHANNEL = "move_channel"
    REPLY = "reply"


#: What an impostor can turn into money or access; an answer alone is not.
OF_VALUE: Final = frozenset(AskKind) - {AskKind.REPLY}


class Identity(StrEnum):
    """The proof that the one who asks is who they claim to be, in ascending order of doubt."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    CONTRADICTED = "contradicted"


#: How the author stands to the owner and to the world: one of our own domain, somebody this mailbox knows, an organization
#: of the brand table, a public body, a service in which its users speak, an organization that the mail is named after, a
#: person at an organization, a person at a free mail provider, anybody else.
Relation = Literal["own", "known", "brand", "public", "platform", "organization", "person", "free", "stranger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The author, as far as our server and the mailbox can tell.

    `organization` is the domain that our server vouches for, empty where it does not; `claimed` is who the mail says it
    is from; `why` is the sentence for a person. `purpose` (0 to 1) says how much the author's domain looks put together
    for one lure; `self_named` that nothing but its own name speaks for it.
    """

    identity: Identity = Identity.UNPROVEN
    relation: Relation = "stranger"
    organization: str = ""
    checked: bool = False
    claimed: str = ""
    why: str = ""
    purpose: float = 0.0
    self_named: bool = False

    @property
    def proven(self) -> bool:
        """The author is who they claim to be."""
        return self.identity is Identity.PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that the mail asks for: `quote` is its words, `where` their place as evidence names it, `why` the sentence."""

    kind: AskKind
    identity: Identity
    quote: str = ""
    where: str = "text"
    why: str = ""

    @property
    def of_value(self) -> bool:
        """True where an impostor gains by it."""
        return self.kind in OF_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The findings of one message: who asks, and for what."""

    standing: Standing = field(default_factory=Standing)
    asks: tuple[Ask, ...] = ()


def nobody_proven(asks: tuple[Ask, ...]) -> bool:
    """Return whether an unproven author asks for anything at all, an answer included."""
    return any(ask.identity is not Identity.PROVEN for ask in asks)


def unproven_value(asks: tuple[Ask, ...]) -> bool:
    """Return whether anything of value is asked for by an author whose claimed identity is not proven."""
    return any(ask.of_value and ask.identity is not Identity.PROVEN for ask in asks)
