"""Return whether a mail hands its reader a code that is good once."""

from __future__ import annotations

import re
from typing import Final

from glassdome.engine.builtin.words import fold

__all__ = ["hands_a_code"]

_READ: Final = 1_500
#: The word for a code, by language; folded.
_CODE: Final = r"(?:code|codes|codigo|codice|kod|koden|kode|kood|koodi|kods|kodas|kodu|kodot|passcode|otp|pin|tan|einmalcode|sicherheitscode|bestatigungscode|verifizierungscode|verificatiecode|beveiligingscode|inlogcode|κωδικος|κωδικο|код|кода|кодом|رمز|كود|קוד|कोड|รหัส|验证码|驗證碼|認証コード|確認コード|コード|코드|인증번호|mã)"  # fmt: skip
#: Codes of another kind.
_OTHER: Final = re.compile(
    r"(?:promo|discount|voucher|gift|gutschein|rabatt|aktions|coupon|post|postal|zip|area|country|bar|qr|source|tracking|booking"
    r"|reservation|release|dress|invite|referral|descuento|cupon|sconto|reduction|promotionnel|kortings?|desconto|bank|sort|error"
    r"|pick-?up|abhol|retrait|recogida|ritiro)[\s-]{0,2}$"
)
_NUMBER: Final = (
    r"(?<![\d.,/-])(?!(?:19|20)\d\d(?!\d))(?:\d{4,8}|\d{3}[\s-]\d{3}|[a-z]?-?\d{5,7})(?![\d/-]|[.,]\d|[a-z])"
)
_BEFORE: Final = re.compile(
    rf"(?P<word>(?<![a-z]){_CODE})(?![a-z])(?:[^\d.!?]|\.(?!\s\w)){{0,60}}(?<![*•x(])(?<!ending )(?<!endet auf )(?<!terminad[oa] em )(?<!termina en )(?<!che termina con ){_NUMBER}"
    rf"|(?P<first>(?<![*•x(]){_NUMBER})(?:[^\d.!?]|\.(?!\s\w)){{0,30}}(?<![a-z])(?P<last>{_CODE})(?![a-z])"
)
#: The number and the word alone: few mails hold both, and looking for each costs a fraction of the whole pattern.
_DIGITS: Final = re.compile(r"\d{3}")
_WORD: Final = re.compile(rf"(?<![a-z]){_CODE}(?![a-z])")
#: One of them stands in every word for a code.
_STEMS: Final = (
    "cod", "kod", "kood", "otp", "pin", "tan", "κωδικ", "код", "رمز", "كود", "קוד", "कोड", "รหัส", "验证码", "驗證碼", "コード", "코드", "인증번호", "mã",
)  # fmt: skip


def hands_a_code(subject: str, text: str) -> bool:
    """Return whether subject or text name a code for signing in or confirming, next to a number that is one."""
    folded = fold(f"{subject}\n{text[:_READ]}")
    if not any(map(folded.__contains__, _STEMS)) or not _DIGITS.search(folded) or not _WORD.search(folded):
        return False
    for match in _BEFORE.finditer(folded):
        start = match.start("word") if match["word"] else match.start("last")
        if not _OTHER.search(folded[max(0, start - 20) : start]):
            return True
    return False
