"""The languages' own phrase files: complete, written in the language, and enough to find its frauds."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

import pytest

from glassdome.pipeline.process import classify
from glassdome.signals.phrase_form import compile_phrase, grams_of
from glassdome.signals.phrases import ScannedText, load_phrases
from glassdome.values.context import Context

CONTEXT = Context(now=datetime(2026, 11, 29, tzinfo=UTC))
PLACE = files("glassdome.signals") / "data" / "languages"
PACKS = {item.name.removesuffix(".toml"): tomllib.loads(item.read_text("utf-8")) for item in PLACE.iterdir()}
CASES = {
    language: case
    for path in sorted((Path(__file__).parents[2] / "data" / "cases" / "frauds").glob("*.toml"))
    for language, case in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
WANTED = {
    "asks": "sign_in password device_code consent payment card_data bank_change call_back charged personal_data move_channel "
    "opener seed_phrase claim_money deadline secrecy relative locked_file denied",
    "lures": "urgency account_threat credential_request payment_change gift_cards executive_request invoice_pressure extortion "
    "advance_fee lottery delivery_lure mailbox_lure document_lure refund_lure investment_lure login_alarm generic_greeting",
    "roles": "mail_admin staff authority house",
}
SERVER = "mail.example.org"


def _lines(pack: dict[str, dict[str, str]]) -> list[str]:
    groups = [group for table in WANTED for group in pack[table].values()]
    return [line for group in groups for line in group.splitlines() if line.strip()]


def _words(lines: list[str]) -> list[str]:
    return [word for line in lines for word in re.split(r"[\s|]+", line.removeprefix("~")) if word]


def _mail(text: str, author: str, proven: bool) -> bytes:
    """A mail of `author`, which our server verified or never looked at."""
    domain = author.rpartition("@")[2].rstrip(">")
    mail = EmailMessage()
    if proven:
        mail["Authentication-Results"] = f"{SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
    mail["From"], mail["To"], mail["Subject"] = author, "me@example.org", "Info"
    mail.set_content(text.replace("{u}", f"https://{domain}/s/4711"))
    return mail.as_bytes()


def _is_phishing(text: str, author: str, *, proven: bool = False) -> bool:
    verdict = classify(_mail(text, author, proven), CONTEXT, authserv_ids=frozenset([SERVER]))
    return verdict.is_phishing is True


@pytest.mark.parametrize("language", PACKS)
def test_every_language_has_every_group(language: str) -> None:
    """All asks, lures and roles are there, each with at least one phrase, and at least 60 phrases in all."""
    pack = PACKS[language]
    missing = [
        f"{table}.{name}" for table, names in WANTED.items() for name in names.split() if not pack[table].get(name)
    ]

    assert missing == []
    assert len(_lines(pack)) >= 60


@pytest.mark.parametrize("language", PACKS)
def test_no_language_is_a_copy_of_english(language: str) -> None:
    """Lines of the English files stand in no other language: names of products do."""
    english = (PLACE.parent / "asks" / "en.toml").read_text("utf-8") + (PLACE.parent / "phrases.toml").read_text(
        "utf-8"
    )
    copied = {line for line in _lines(PACKS[language]) if line in english.splitlines()}

    assert copied <= {"microsoft.com devicelogin"}


@pytest.mark.parametrize("language", PACKS)
def test_every_phrase_can_be_looked_up(language: str) -> None:
    """No empty alternative, and no stem that is shorter than what stems are looked up by."""
    words = _words(_lines(PACKS[language]))
    pieces = [piece for word in words for piece in word.split("_")]

    assert [word for word in pieces if not word or ("*" in word and not re.fullmatch(r"[^*]{3,}\*", word))] == []


@pytest.mark.parametrize("language", CASES)
def test_frauds_are_found(language: str) -> None:
    """Account, parcel, bank, tax, mailbox, boss, call-back and invoice, from a sender whom nothing proves."""
    frauds = CASES[language]["fraud"].strip().splitlines()

    assert [text for text in frauds if not _is_phishing(text, "Service <service@kunden-portal.example.net>")] == []


@pytest.mark.parametrize("language", CASES)
@pytest.mark.parametrize("proven", [True, False])
def test_honest_mail_is_not(language: str, proven: bool) -> None:
    """A request, a parcel, an invoice, a new password, a code, an appointment: verified, and not looked at."""
    honest = CASES[language]["honest"].strip().splitlines()

    assert [
        text for text in honest if _is_phishing(text, "Nordhaven <post@nordhaven.example.com>", proven=proven)
    ] == []


def test_each_case_has_its_language() -> None:
    """A language is added with its cases, eight frauds and six honest mails."""
    assert {language.partition("-")[0] for language in CASES} == set(PACKS)
    assert {(len(case["fraud"].split("\n")), len(case["honest"].split("\n"))) for case in CASES.values()} == {(9, 7)}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("~ konto zablok*", "zablokowano twoje konto"),
        ("~ konto zablok*", "twoje konto jest zablokowane"),
        ("hasło zmień", "haslo zmien"),
        ("アカウント 停止", "お客様のアカウントは停止されました"),
        ("帳戶|账户 冻结", "您的账户已被冻结"),
        ("حسابك إيقاف", "تم الآن لحسابك ايقاف"),
        ("συνδεθείτε", "ΣΥΝΔΕΘΕΙΤΕ"),
        ("şifre*", "ŞİFRENİZ"),
        ("~ می_کنیم تأیید", "تایید می\u200cکنیم"),
        ("~ می_کنیم تأیید", "تأييد ميكنيم"),
        ("आधार भेजें", "अपना आधार कार्ड भेजें।"),
        ("~ ระงับ บัญชี", "บัญชีของท่านถูกระงับชั่วคราว"),
    ],
)
def test_a_phrase_is_found_in_its_forms(line: str, text: str) -> None:
    """Any order, no accents, inside longer words, another form of a letter, capitals, a half space."""
    phrase = compile_phrase("group", line, 3, bare=True)
    scanned = ScannedText.of(text)

    assert phrase.pattern.search(scanned.text)


def test_no_phrase_runs_into_the_next_paragraph() -> None:
    """A heading about the password and a line about a link say nothing together."""
    assert not compile_phrase("group", "hasło wygasa", 3).pattern.search("nowe hasło\n\nlink wygasa")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("पासवर्ड समाप्त", "नया पासवर्ड चुनें। लिंक समाप्त होगा।"),
        ("حساب مسدود", "حساب دارید؟ کارت مسدود شد"),
    ],
)
def test_no_phrase_runs_over_the_end_of_a_sentence(line: str, text: str) -> None:
    """The danda of Hindi and the question mark of Arabic end a sentence as a full stop does."""
    assert not compile_phrase("group", line, 3).pattern.search(ScannedText.of(text).text)


def test_texts_of_other_scripts_are_not_cut_into_letters() -> None:
    """Only what is written without blanks pays for the search inside words."""
    assert grams_of("ваше konto é") == set()
    assert {"口座", "口"} <= grams_of("新しい口座へ")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Opłata roczna za wpis do ewidencji nie została wniesiona.", "payment"),
        ("Poplatek za vedení záznamu v rejstříku.", "payment"),
        ("Ročný poplatok za zverejnenie údajov.", "payment"),
        ("A bejegyzés éves díja esedékes.", "payment"),
        ("Taxa anuală de înregistrare este restantă.", "payment"),
        ("Годишната такса за публикуване е дължима.", "payment"),
        ("Godišnja naknada za upis nije plaćena.", "payment"),
        ("Годишња накнада за упис није плаћена.", "payment"),
        ("Letna pristojbina za vpis ni poravnana.", "payment"),
        ("Щорічний збір за внесення запису.", "payment"),
        ("Ежегодный сбор за внесение записи.", "payment"),
        ("Ετήσιο τέλος εγγραφής στο μητρώο.", "payment"),
        ("Yıllık tescil ücretinizi ödeyin.", "payment"),
        ("Proszę nie dzwonić, pisz tylko tutaj.", "opener"),
        ("Sedím u notáře, nevolejte mi.", "opener"),
        ("Ak ste to neobjednali, zavolajte nám.", "call_back"),
        ("Για ακύρωση καλέστε μας σήμερα.", "call_back"),
        ("Siparişi siz vermediyseniz hemen arayın.", "call_back"),
        ("Suma va fi debitată mâine de pe card.", "charged"),
        ("Iznos će biti skinut s kartice danas.", "charged"),
        ("Я сменила банк, зарплату прошу на новую карту.", "bank_change"),
        ("A béremet az új bankszámlámra kérem.", "bank_change"),
    ],
)
def test_a_pack_knows_the_wording(text: str, group: str) -> None:
    """Register fees, bosses who cannot be rung, charges to be cancelled by a call, salaries to another account."""
    found = {name for name, _, _ in load_phrases("asks").find(ScannedText.of(text))}

    assert group in found
