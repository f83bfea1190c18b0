"""Each recogniser finds the real thing and leaves the near miss alone."""

from __future__ import annotations

import pytest

from glassdome.signals.sensitive import find_in_text

_AWS = "AKIA" + "IOSFODNN7EXAMPLE".replace("1", "2").replace("0", "2")
_JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)

FOUND = [
    ("My card is 4111 1111 1111 1111, valid thru 12/27.", "credit_card", "4111 1111 1111 1111"),
    ("Kreditkarte: 5555-5555-5555-4444", "credit_card", "5555-5555-5555-4444"),
    ("Amex 3782 822463 10005", "credit_card", "3782 822463 10005"),
    ("tarjeta 6011111111111117", "credit_card", "6011111111111117"),
    ("4012 8888 8888 1881", "credit_card", "4012 8888 8888 1881"),
    ("Bitte auf DE89 3704 0044 0532 0130 00 überweisen", "iban", "DE89 3704 0044 0532 0130 00"),
    ("iban gb82west12345698765432 thanks", "iban", "gb82west12345698765432"),
    ("EX40 to FR1420041010050500013M02606", "iban", "FR1420041010050500013M02606"),
    ("BIC: DEUTDEFF500", "bic", "DEUTDEFF500"),
    ("sort code 12-34-56, account number 12345678", "bank_account", "12345678"),
    ("Routing number: 021000021 account 1234567890", "bank_account", "021000021"),
    ("My SSN is 536-22-1234", "us_ssn", "536-22-1234"),
    ("social security number 536221234", "us_ssn", "536221234"),
    ("National Insurance number AB 12 34 56 C", "gb_nino", "AB 12 34 56 C"),
    ("Meine Steuer-ID lautet 36 574 261 809", "de_tax_id", "36 574 261 809"),
    ("AHV-Nr. 756.9217.0769.85", "ch_ahv", "756.9217.0769.85"),
    ("Mon numéro de sécurité sociale : 2 95 10 99 126 111 93", "fr_nir", "2 95 10 99 126 111 93"),
    ("DNI 54362315K", "es_dni", "54362315K"),
    ("mi NIE es X-2482300-W", "es_nie", "X-2482300-W"),
    ("RCCMNL83S18D969H", "it_cf", "RCCMNL83S18D969H"),
    ("PESEL: 44051401359", "pl_pesel", "44051401359"),
    ("BSN 1112.22.333", "nl_bsn", "1112.22.333"),
    ("CPF 390.533.447-05", "br_cpf", "390.533.447-05"),
    ("Henkilötunnus 131052-308T", "fi_hetu", "131052-308T"),
    ("身份证号码:360426199101010071", "cn_ric", "360426199101010071"),
    ("Aadhaar 2341 2341 2346", "in_aadhaar", "2341 2341 2346"),
    ("personnummer 880320-0016", "se_personnummer", "880320-0016"),
    ("Call +49 30 901820 today", "phone_number", "+49 30 901820"),
    ("(212) 736-5000", "phone_number", "(212) 736-5000"),
    ("Tél. 01 42 68 53 00", "phone_number", "01 42 68 53 00"),
    ("Handy: 0171/2345678", "phone_number", "0171/2345678"),
    ("030 901820 Büro", "phone_number", "030 901820"),
    (f"key {_AWS} leaked", "aws_access_key", _AWS),
    ("token ghp_" + "a1B2" * 9, "github_token", "ghp_" + "a1B2" * 9),
    ("xoxb-123456789012-abcdefABCDEF1234", "slack_token", "xoxb-123456789012-abcdefABCDEF1234"),
    ("sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc", "stripe_key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("AIza" + "Sy4_-" * 7, "google_api_key", "AIza" + "Sy4_-" * 7),
    (f"Authorization: {_JWT}", "jwt", _JWT),
    ("api_key = 'q8Zr2LmXw0Tn5VbK9sYd'", "api_key", "q8Zr2LmXw0Tn5VbK9sYd"),
    ("postgres://app:s3cr3t-Pw@db.example.org/x", "password", "s3cr3t-Pw"),
    ("Password: hunter2!", "password", "hunter2"),
    ("Ihr Passwort lautet Sonne#2024", "password", "Sonne#2024"),
    ("Votre mot de passe est : Ete2024!x", "password", "Ete2024!x"),
    ("su contraseña es Verano_2024", "password", "Verano_2024"),
    ("密码：Abc12345", "password", "Abc12345"),
    ("The PIN is 4821.", "pin", "4821"),
    ("CVV: 123", "pin", "123"),
    ("Your verification code is 482913", "one_time_code", "482913"),
    ("482 913 is your Example security code", "one_time_code", "482 913"),
    ("Ihr Bestätigungscode lautet: 771204", "one_time_code", "771204"),
    ("Pay to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "crypto_address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    (
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "crypto_address",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    ),
    ("Date of birth: 12 March 1984", "date_of_birth", "12 March 1984"),
    ("geboren am 12.03.1984", "date_of_birth", "12.03.1984"),
    ("née le 12/03/1984", "date_of_birth", "12/03/1984"),
    ("Passport No: C01X00T47", "passport", "C01X00T47"),
    ("Führerschein B072RRE2I55", "driving_licence", "B072RRE2I55"),
    ("driver's license number is A1234567", "driving_licence", "A1234567"),
    ("New sign-in from IP address 203.0.113.9", "ip_address", "203.0.113.9"),
    ("client 2001:db8::8a2e:370:7334 blocked", "ip_address", "2001:db8::8a2e:370:7334"),
    ("The device's MAC 00:1B:44:11:3A:B7", "mac_address", "00:1B:44:11:3A:B7"),
    ("I was diagnosed with diabetes in May.", "health", "I was diagnosed with diabetes in May"),
    ("Hello. Dein Gehalt steigt auf 65.000 EUR. Gruß", "salary", "Dein Gehalt steigt auf 65.000 EUR"),
]

NEAR_MISSES = [
    "Order number 4111111111111111 has shipped",
    "Tracking: 4539 7111 4954 6636",
    "Ihre Sendungsnummer 4539711149546636",
    "https://example.org/t/4111111111111111/x",
    "card 4111 1111 1111 1112",
    "Your card ending in 4242 was charged",
    "Visa •••• 4605",
    "invoice 5105105105105100",
    "1Z999AA10123456784 UPS",
    "DE89 3704 0044 0532 0130 01",
    "GB00 WEST 1234 5698 7654 32",
    "BENEFICIARY NAME",
    "SSN 000-12-3456",
    "order 536-22-1234",
    "536221234",
    "DNI 54362315Z",
    "Version 2.10.4.1 of the client library 10.4.300.2",
    "on 2024-11-21 08:05:43",
    "Call us any time between 2019 and 2024",
    "call 112",
    "Total: 1.234.567,89 EUR",
    "Your password is required to sign in",
    "Password: please contact the help desk",
    "Forgot your password? Click here",
    "password: ********",
    "Passwort: <Ihr Passwort>",
    "The PIN code was changed",
    "Enter the verification code below",
    "the pin is mightier",
    "token=abc",
    "https://example.org/unsubscribe?token=q8Zr2LmXw0Tn5VbK9sYd",
    "The secret key is happiness and hard work",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "born in 1984",
    "passport renewal takes 6 weeks",
    "The driver's license office opens at 9",
    "diagnose the build failure",
    "The salary review is on Monday",
    "Salary: competitive",
    "ISBN 978-3-16-148410-0",
    "IMEI 490154203237518",
    "jane@example.org",
    "12:30:45:10",
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND, ids=[f"{kind}-{n}" for n, (_, kind, _v) in enumerate(FOUND)])
def test_true(text: str, kind: str, value: str) -> None:
    """The value is found, as a whole and under its own type."""
    assert (kind, value) in [(f.type, text[f.start : f.end]) for f in find_in_text(text)]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_near_miss(text: str) -> None:
    """Text that only looks like sensitive data is not reported."""
    assert find_in_text(text) == ()
