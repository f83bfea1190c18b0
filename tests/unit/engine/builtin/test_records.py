"""The one-line summaries of service mail: what is told, in which words, and what is told otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from glassdome.core.translate import LANGUAGES
from glassdome.engine.builtin.dates import read_lexicon
from glassdome.engine.builtin.records import RecordFacts, record_line
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.summary import summarize
from glassdome.parse import parse_message

#: A Tuesday.
WRITTEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def line(subject: str, text: str, category: str, *named: str, due: date | None = None, **more: object) -> str:
    """Return the line of a mail from Example Music in the language of `more`, English without."""
    raw = f"From: Example Music <no-reply@music.example>\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    message = parse_message(raw.encode())
    facts = RecordFacts(
        language=str(more.get("language", "en")), categories=(category,), named=frozenset(named),
        titled=frozenset(more.get("titled", ())), written=WRITTEN, code=bool(more.get("code")), due=due,  # type: ignore[call-overload]
    )  # fmt: skip
    return record_line(message, message.text, facts)


@pytest.mark.parametrize(
    ("subject", "text", "category", "language", "expected"),
    [
        ("Your parcel is on its way", "DHL brings your parcel 10002000300040005000 on Friday.", "delivery", "en", "Parcel: 1000… arrives Friday, DHL"),
        ("Ihr Paket kommt morgen", "Die Sendung 00340434161094042557 kommt morgen.", "delivery", "de", "Paket: 0034… kommt morgen, Example Music"),
        ("Votre colis est disponible", "Votre colis vous attend. Mondial Relay", "delivery", "fr", "Colis: prêt à retirer, Mondial Relay"),
        ("Tu paquete", "Tu paquete ha sido entregado por SEUR.", "delivery", "es", "Paquete: entregado, SEUR"),
        ("Order 4711", "Mug EUR 4.00\nShipping EUR 2.00\nTotal EUR 10.00", "order", "en", "Order: EUR 10.00, Example Music"),
        ("Your booking is confirmed", "Check-in 27 March 2026.\nTotal: 212.00 EUR", "travel", "en", "Booking: Example Music, 27 March, 212.00 EUR"),
        ("A sua reserva", "Chegada a 27 de março de 2026", "travel", "pt", "Reserva: Example Music, 27 de março"),
    ],
)  # fmt: skip
def test_facts_are_told(subject: str, text: str, category: str, language: str, expected: str) -> None:
    """Parcels, orders and bookings are told by number, day, carrier and amount."""
    assert line(subject, text, category, language=language) == expected


def test_receipt_tells_its_period() -> None:
    """The line of a monthly payment says so."""
    assert line("Your receipt", "Family plan\nTotal: EUR 12.99 per month", "receipt", "receipt") == (
        "Receipt: EUR 12.99, Example Music, monthly"
    )


def test_bill_tells_when_it_is_due() -> None:
    """A day of the week that begins is named as one."""
    told = line("Rechnung 12", "Rechnungsbetrag: 41,27 EUR", "invoice", language="de", due=date(2026, 3, 6))
    assert told == "Rechnung: 41,27 EUR, fällig Freitag, Example Music"


def test_code_is_never_in_the_line() -> None:
    """The line says whose code it is and how long it is good."""
    told = line("Your code", "Your code is 442917. It is valid for 10 minutes.", "security", code=True)
    assert told == "One-time code: Example Music, valid for 10 minutes"


def test_invitation_tells_title_day_and_hour() -> None:
    """The calendar part gives them."""
    event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Budget review\nDTSTART;TZID=Europe/Berlin:20260310T140000\nEND:VEVENT\nEND:VCALENDAR"
    raw = (
        "From: Ann Lee <ann@x.example>\nSubject: Invitation\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nPlease come.\n--b\nContent-Type: text/calendar; name=i.ics\nContent-Disposition: attachment\n\n{event}\n--b--\n"
    )
    message = parse_message(raw.replace("\n", "\r\n").encode())
    facts = RecordFacts(language="en", categories=("meeting",), named=frozenset(), titled=frozenset(), written=WRITTEN)
    assert record_line(message, message.text, facts) == "Invitation: Budget review, 10 March 14:00, Ann Lee"


@pytest.mark.parametrize(
    ("subject", "text", "category", "language"),
    [
        ("Payment failed", "Total: EUR 12.99", "order", "en"),
        ("Your order", "Thank you for your order.", "order", "en"),
        ("Sista steget", "Totalt 12,99 EUR", "order", "sv"),
        ("Ihre Anfrage", "Wir haben Ihre Anfrage versandt.", "delivery", "de"),
    ],
)
def test_nothing_is_told_without_its_facts(subject: str, text: str, category: str, language: str) -> None:
    """Mail about a failure, or without amount, parcel or pack, is summarized by its sentences."""
    assert not line(subject, text, category, language=language)


def test_sentences_begin_with_a_capital() -> None:
    """A salutation is no sentence, what goes on behind it begins one, and shouting is said."""
    told = summarize(sentences_of("Chers adhérents,\n\nvotre cotisation est arrivée.\n\nMERCI POUR VOTRE FIDELITE."))
    assert told == "Votre cotisation est arrivée. Merci pour votre fidelite."


@pytest.mark.parametrize(
    ("language", "subject", "text", "expected"),
    [
        ("pl", "Twoja paczka jest w drodze", "Przesyłka 00340434161094042557 jest w drodze, dotrze jutro. InPost", "Paczka: 0034… doręczenie: jutro, InPost"),
        ("pl", "Faktura nr 12/2026", "Do zapłaty: 123,45 zł", "Rachunek: 123,45 zł, Example Music"),
        ("cs", "Potvrzení platby", "Celkem: 129 Kč měsíčně", "Doklad o zaplacení: 129 Kč, Example Music, měsíčně"),
        ("cs", "Vaše zásilka", "Zásilka čeká na vás. Packeta", "Zásilka: připravena k vyzvednutí, Packeta"),
        ("tr", "Siparişiniz alındı", "Toplam: 450,00 TL", "Sipariş: 450,00 TL, Example Music"),
        ("tr", "Rezervasyonunuz onaylandı", "Giriş: 27 Mart 2026", "Rezervasyon: Example Music, 27 Mart"),
        ("ru", "Чек об оплате", "Итого: 299,00 ₽ в месяц", "Чек: 299,00 ₽, Example Music, ежемесячно"),
        ("ru", "Ваш код", "Код 442917 действует 10 минут.", "Одноразовый код: Example Music, действует 10 мин"),
        ("uk", "Рахунок № 12", "До сплати: 1 250,00 грн", "Рахунок: 1 250,00 грн, Example Music"),
        ("uk", "Ваша посилка", "Посилка доставлена. Нова пошта", "Посилка: доставлена, Нова пошта"),
        ("ja", "商品を発送しました", "お荷物 123456789012 を発送しました。お届け予定日は3月12日です。ヤマト運輸", "荷物：1234… お届け予定 3月12日、ヤマト運輸"),
        ("ja", "領収書", "合計 1,980円", "領収書：1,980円、Example Music"),
        ("zh", "验证码", "您的验证码是 442917，10分钟内有效。", "一次性验证码：Example Music，10分钟内有效"),
        ("zh", "您的订单已提交", "合计：¥880.00", "订单：¥880.00，Example Music"),
    ],
)  # fmt: skip
def test_facts_are_told_in_seven_more_languages(language: str, subject: str, text: str, expected: str) -> None:
    """Languages whose categories no model learned tell a kind by its subject; the code itself is never told."""
    assert line(subject, text, "notification", language=language) == expected


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("pl", "Płatność nie powiodła się: zamówienie 12", "Suma: 129,00 zł"),
        ("ru", "Заказ отменён", "Сумма: 299,00 ₽"),
        ("zh", "订单已取消", "合计：¥880.00"),
        ("ja", "ご注文のキャンセル", "合計 1,980円"),
        ("tr", "Ödeme başarısız: fatura", "Toplam: 450,00 TL"),
    ],
)
def test_what_failed_is_no_record_in_any_language(language: str, subject: str, text: str) -> None:
    """A cancelled order and a failed payment are told in their own words."""
    assert line(subject, text, "notification", language=language) == ""


@pytest.mark.parametrize("name", ["records.toml", "files.toml"])
def test_every_language_says_the_same_things(name: str) -> None:
    """The lines of mails and of attached files exist in each of the languages that people may read."""
    tables = read_lexicon(name)
    shown = {language: set(tables[language]) for language in LANGUAGES}
    optional = {"colon", "comma", "titled_receipt", "titled_bill", "titled_order"}

    assert all(words - optional == shown["en"] for words in shown.values())
    if name == "records.toml":
        assert all(set(tables[language]["say"]) == set(tables["en"]["say"]) for language in LANGUAGES)
