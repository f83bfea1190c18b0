"""The rules of a mailbox's automatic answers, read and replaced; changes are audited."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from glassdome.core.errors import InputError
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import MailboxField
from glassdome.desk.preferences import Whose
from glassdome.desk.services import Services
from glassdome.values.auto_answer import ABSENCE, AnswerRule

__all__ = ["AnswerRulesEdit", "AnswerRulesShape", "change_rules", "rules_of"]

#: Rules of a mailbox, and values of one condition.
_MOST_RULES: Final = 20
_MOST_VALUES: Final = 50

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "mailbox": "support@domain.com",
    "rules": [
        {
            "name": "request",
            "categories": ["support"],
            "text": "We have your request and answer within a day.",
            "days": 7,
        }
    ],
}

_Value = Annotated[str, Field(min_length=1, max_length=254)]
_Values = Annotated[list[_Value], Field(max_length=_MOST_VALUES)]


class AnswerRuleShape(BaseModel):
    """One rule; every condition given must hold, and of its values one is enough."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    subject: Annotated[str, Field(max_length=250, description="Empty: `Auto: ` and the mail's own")] = ""
    categories: _Values = []
    sender_domains: _Values = []
    subject_words: _Values = []
    recipients: Annotated[_Values, Field(description="Addresses of the owner, in To or Cc")] = []
    days: Annotated[int, Field(ge=1, le=365, description="A person gets one answer in so many days")] = 7
    enabled: bool = True


class AnswerRulesShape(BaseModel):
    """The rules of a mailbox in their order."""

    mailbox: str
    rules: list[AnswerRuleShape]


class AnswerRulesEdit(BaseModel):
    """The rules that replace all earlier ones of the mailbox."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    mailbox: MailboxField
    rules: Annotated[list[AnswerRuleShape], Field(max_length=_MOST_RULES)]


async def rules_of(services: Services, caller: Caller, whose: Whose) -> dict[str, Any]:
    """Return the JSON object of a mailbox's rules."""
    mailbox = as_mailbox(whose.username)
    caller.must_see(mailbox)
    return _shape(mailbox, await services.answer_rules.of(mailbox))


async def change_rules(services: Services, caller: Caller, body: AnswerRulesEdit) -> dict[str, Any]:
    """Store the rules and audit; raises InputError for two of one name."""
    mailbox = as_mailbox(body.mailbox)
    caller.must_see(mailbox)
    names = [rule.name for rule in body.rules]
    if len(set(names)) < len(names) or ABSENCE in names:
        raise InputError(f"Each rule needs a name of its own, and none is named {ABSENCE}.")
    rules, now = tuple(_rule(rule) for rule in body.rules), services.clock.now()
    await services.answer_rules.replace(mailbox, rules, now=now)
    facts = {"rules": names}
    await services.history.audit(actor=caller.name, action="edit_answers", subject=mailbox, facts=facts, now=now)
    return _shape(mailbox, rules)


def _rule(given: AnswerRuleShape) -> AnswerRule:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.model_dump().items()
    }
    return AnswerRule(**fields)


def _shape(mailbox: str, rules: tuple[AnswerRule, ...]) -> dict[str, Any]:
    return {"mailbox": mailbox, "rules": [asdict(rule) for rule in rules]}
