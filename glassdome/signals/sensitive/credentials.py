"""Passwords, PINs and one-time codes, by the words around them in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Found
from glassdome.signals.sensitive.phrases import Phrases
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_credentials"]

_PASSWORD = Phrases(
    "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "pw", "login password", "passwort", "kennwort", "zugangspasswort",
    "mot de passe", "mdp", "contraseña", "contrasena", "clave", "clave de acceso", "senha", "palavra-passe", "palavra passe", "parola",
    "parola d'ordine", "parolă", "wachtwoord", "hasło", "haslo", "heslo", "lösenord", "adgangskode", "passord", "salasana", "jelszó", "lozinka",
    "geslo", "parole", "slaptažodis", "parool", "şifre", "sifre", "пароль", "парола", "κωδικός πρόσβασης", "סיסמה", "كلمة المرور", "密码", "密碼",
    "パスワード", "비밀번호",
)  # fmt: skip
_PIN = Phrases(
    "pin",
    "pin code",
    "pin-code",
    "pin number",
    "card pin",
    "atm pin",
    "puk",
    "cvv",
    "cvc",
    "cvv2",
    "cvc2",
    "security code on the back",
    "geheimzahl",
    "prüfziffer",
)
_CODE = Phrases(
    "verification code", "security code", "login code", "sign-in code", "confirmation code", "authentication code", "one-time code",
    "one time code", "one-time password", "one time password", "one-time passcode", "otp", "2fa code", "access code", "passcode", "mfa code", "tan",
    "bestätigungscode", "sicherheitscode", "verifizierungscode", "einmalcode", "einmalpasswort", "anmeldecode", "zugangscode",
    "code de vérification", "code de sécurité", "code de confirmation", "code à usage unique", "código de verificación", "código de seguridad",
    "código de acceso", "código de verificação", "código de segurança", "codice di verifica", "codice di sicurezza", "codice monouso",
    "verificatiecode", "beveiligingscode", "kod weryfikacyjny", "kod bezpieczeństwa", "ověřovací kód", "verifieringskod", "engangskode",
    "doğrulama kodu", "код подтверждения", "код безопасности", "验证码", "驗證碼", "認証コード", "確認コード", "인증번호", "인증 코드",
)  # fmt: skip
#: What parts the name from the value: "is", a colon, an equals sign.
_LINK = (
    r"(?:[ \t]{0,3}(?:\([^()\n]{0,40}\)|[\w.@\-]{1,40})){0,4}?[ \t]{0,3}(?:[:=]|(?<!\w)(?:is|was|ist|lautet|est|es|era|é|è|jest|är|er|on|je)(?!\w))"
    r"[ \t]{0,3}:?\s{0,4}"
)
_TOKEN = r"[\"'“„«`<]?([^\s\"'“”„«»`<>]{4,64})"
_DIGITS = r"[\"'“„«`<*]?(\d{4,8}|\d{3}[ \-]\d{3,4}|[A-Z]-?\d{5,7}|[A-Z0-9]{6,8})(?![\w\-])"
_AHEAD = re.compile(
    r"^[ \t]{0,2}(?:is|ist|est|es|é|è|jest|является)[ \t]{1,2}(?:your|the|ihr|dein|votre|ton|tu|su|seu|il tuo|twój)\b",
    re.IGNORECASE,
)
_CODE_FIRST = re.compile(r"(?<![\w\-.,/])(\d{4,8}|\d{3}[ \-]\d{3})(?=[ \t]{0,2}(?:is|ist|est|es|é|è|jest)[ \t]{1,2}\w)")
_PLACEHOLDER = re.compile(r"^[*•.xX#_\-…]+$|^[\[{<%$(].*|.*[\]}>]$|^(?:https?://|www\.|mailto:).*", re.IGNORECASE)


def _after(phrases: Phrases, value: str) -> re.Pattern[str]:
    return re.compile(f"(?:{phrases.pattern.pattern}){_LINK}{value}", re.IGNORECASE)


_PASSWORD_FORM = _after(_PASSWORD, _TOKEN)
_PIN_FORM = re.compile(
    rf"(?:{_PIN.pattern.pattern})(?:[ \t]{{0,2}}(?:[:=]|(?<!\w)(?:is|ist|est|es|é|è)(?!\w))){{0,2}}[ \t]{{0,2}}(\d{{3,8}})(?![\w\-])",
    re.IGNORECASE,
)
_CODE_FORM = _after(_CODE, _DIGITS)


def _is_password(value: str, *, last_of_line: bool) -> bool:
    """Say whether a word after "password:" is one: mixed kinds of characters, or alone at the end of its line."""
    if _PLACEHOLDER.match(value):
        return False
    kinds = sum(any(map(test, value)) for test in (str.isdigit, str.isupper, str.islower))
    odd = any(not char.isalnum() for char in value[1:-1]) and not re.fullmatch(r"[^\W\d_]+[-'’/][^\W\d_]+", value)
    digit, inner_capital = any(map(str.isdigit, value)), any(map(str.isupper, value[1:])) and not value.isupper()
    mixed = kinds >= 2 and (digit or odd or inner_capital)
    return mixed or (last_of_line and len(value) >= 6 and digit)


def _passwords(view: TextView) -> Iterator[Found]:
    for match in _PASSWORD_FORM.finditer(view.text):
        value = match.group(1).rstrip(".,;:!?)")
        end = match.start(1) + len(value)
        if _is_password(value, last_of_line=not view.after(match.end(), 1).strip()) and not view.in_address(
            match.start()
        ):
            yield Found(type="password", start=match.start(1), end=end, rank=5)


def _codes(view: TextView) -> Iterator[Found]:
    for match in _CODE_FORM.finditer(view.text):
        if any(map(str.isdigit, match.group(1))):
            yield Found(type="one_time_code", start=match.start(1), end=match.end(1), risk="low", rank=5)
    for match in _CODE_FIRST.finditer(view.text):
        said = _CODE.pattern.search(view.after(match.end(), 60))
        if said and _AHEAD.match(view.after(match.end(), 20)):
            yield Found(type="one_time_code", start=match.start(1), end=match.end(1), risk="low", rank=5)


def find_credentials(view: TextView) -> Iterator[Found]:
    """Find passwords and PINs (high risk) and one-time codes (low: they are void in minutes)."""
    if _PASSWORD.possible(view):
        yield from _passwords(view)
    if _PIN.possible(view):
        yield from (Found(type="pin", start=m.start(1), end=m.end(1), rank=5) for m in _PIN_FORM.finditer(view.text))
    if _CODE.possible(view):
        yield from _codes(view)
