"""One-time codes, passwords and telephone numbers in the wordings of 30 more languages, and what is none of these."""

from __future__ import annotations

import pytest

from glassdome.signals.sensitive.find import find_in_text

#: The value stands in double brackets.
CODES = (
    "Váš ověřovací kód je [[482913]]. Platí 10 minut.",
    "Zadejte [[482913]] pro přihlášení. Kód nesdělujte nikomu.",
    "[[482913]] je váš kód pro přihlášení.",
    "Váš overovací kód: [[482913]]",
    "Prihlasovací kód je [[482913]], platí 5 minút.",
    "Twój kod logowania to [[771204]]. Jest ważny 10 minut.",
    "[[771204]] to Twój kod weryfikacyjny.",
    "Wpisz [[771204]], aby się zalogować. Nie udostępniaj kodu nikomu.",
    "Az ellenőrző kódja: [[339201]]",
    "A belépéshez szükséges kód: [[339201]]. 5 percig érvényes.",
    "Codul dvs. de verificare este [[204881]].",
    "Introduceți [[204881]] pentru autentificare. Codul este valabil 5 minute.",
    "Вашият код за потвърждение е [[551209]].",
    "Въведете [[551209]] за вход. Кодът е валиден 5 минути.",
    "Vaš kod za prijavu je [[120934]]. Vrijedi 10 minuta.",
    "Vaš verifikacijski kod: [[120934]]",
    "Ваш код за пријаву је [[120934]]. Важи 10 минута.",
    "Vaša potrditvena koda je [[662901]].",
    "Koda za prijavo: [[662901]]",
    "Ваш код підтвердження: [[710022]]",
    "[[710022]] — ваш код для входу. Нікому його не повідомляйте.",
    "Ваш код подтверждения: [[345210]]. Никому не сообщайте его.",
    "[[345210]] — ваш код для входа",
    "Ο κωδικός επαλήθευσης είναι [[442917]].",
    "Ο κωδικός σας για τη σύνδεση: [[442917]]",
    "Doğrulama kodunuz: [[903412]]",
    "Giriş kodunuz [[903412]]. Kimseyle paylaşmayın.",
    "Din inloggningskod är [[661204]]. Dela den inte med någon.",
    "[[661204]] är din kod för att logga in.",
    "Din bekræftelseskode er [[819204]].",
    "Brug [[819204]] for at logge ind. Koden er gyldig i 5 minutter: log ind.",
    "Din kode for innlogging er [[819204]]. Den er gyldig i 10 minutter.",
    "Vahvistuskoodisi on [[552917]].",
    "Syötä [[552917]] kirjautuaksesi. Koodi on voimassa 10 minuuttia.",
    "Teie kinnituskood on [[381992]].",
    "Kood sisselogimiseks: [[381992]]",
    "Jūsu apstiprinājuma kods ir [[770011]].",
    "Jūsų patvirtinimo kodas: [[660022]]",
    "Prisijungimo kodas: [[660022]]. Galioja 10 minučių.",
    "您的验证码是[[482913]]，5分钟内有效。",
    "【示例】验证码：[[482913]]，请勿告诉他人。",
    "您的驗證碼為 [[482913]]",
    "認証コード：[[482913]]",
    "ログイン用のコードは[[482913]]です。10分間有効です。",
    "인증번호는 [[482913]]입니다. 타인에게 알려주지 마세요.",
    "[[482913]] 인증번호입니다. 로그인하려면 입력하세요.",
    "رمز التحقق الخاص بك هو [[482913]].",
    "رمز تسجيل الدخول: [[482913]]",
    "קוד האימות שלך הוא [[482913]].",
    "הזן [[482913]] כדי להתחבר. הקוד בתוקף ל-10 דקות.",
    "کد تأیید شما: [[482913]]",
    "کد ورود شما [[482913]] است. این کد تا ۵ دقیقه معتبر است.",
    "आपका सत्यापन कोड [[482913]] है।",
    "लॉगिन के लिए आपका कोड: [[482913]]",
    "Kode verifikasi Anda adalah [[482913]]. Jangan berikan kepada siapa pun.",
    "Kode OTP: [[482913]]",
    "Mã xác minh của bạn là [[482913]].",
    "Mã đăng nhập: [[482913]]",
    "รหัสยืนยันของคุณคือ [[482913]]",
    "รหัส OTP [[482913]] สำหรับเข้าสู่ระบบ ใช้ได้ภายใน 5 นาที",
    "Dobrý den,\n\n[[0338717]]\n\nTento kód s nikým nesdílejte.",
    "Hello,\n\n[[7093142]]\n\nDon't share this code with anyone.",
    "こんにちは、\n\n[[5061833]]\n\nこのコードを誰にも共有しないでください。",
    "Codul dvs. de autentificare este [[204881]].",
)
PASSWORDS = (
    "Vaše heslo: [[Modra7Hora]]",
    "Vaše heslo je [[Lipa#2024]]",
    "Twoje hasło: [[Zima_2024]]",
    "Az új jelszava: [[Tavasz88x]]",
    "Parola dvs. este: [[Munte45a]]",
    "Вашата парола: [[Planina77x]]",
    "Vaša lozinka: [[Jesen2024x]]",
    "Ваша лозинка: [[Jesen2024x]]",
    "Vaše geslo: [[Zima88xy]]",
    "Ваш тимчасовий пароль: [[Osin77xy]]",
    "Ваш пароль: [[Zima77xy]]",
    "Ο κωδικός πρόσβασης: [[Thera88x]]",
    "Yeni şifreniz: [[Yaz2024xy]]",
    "Ditt lösenord är [[Sol88xyz]]",
    "Din adgangskode: [[Vinter88x]]",
    "Ditt nye passord: [[Fjord88x]]",
    "Uusi salasanasi: [[Talvi88x]]",
    "Teie uus parool: [[Kevad88x]]",
    "Jūsu parole: [[Ziema88x]]",
    "Jūsų slaptažodis: [[Vasara88x]]",
    "仮パスワード：[[Haru88xyz]]",
    "您的临时密码：[[Chun88xyz]]",
    "您的密碼：[[Chun88xyz]]",
    "임시 비밀번호: [[Bom88xyz]]",
    "كلمة المرور المؤقتة: [[Rabi88xyz]]",
    "הסיסמה החדשה: [[Aviv88xyz]]",
    "رمز عبور شما: [[Bahar88xyz]]",
    "अस्थायी पासवर्ड: [[Vasant88x]]",
    "Kata sandi sementara: [[Hujan88xy]]",
    "Mật khẩu tạm: [[Xuan88xyz]]",
    "รหัสผ่านชั่วคราว: [[Fon88xyz]]",
)
PHONES = (
    "S pozdravem Jan Novák, mobil [[601 234 567]]",
    "Volejte na číslo [[601 234 567]].",
    "Zavolajte mi: [[0901 123 456]]",
    "Numer telefonu: [[601 234 567]]",
    "Telefonszámom: [[06 30 123 4567]]",
    "Telefonul meu: [[0721 234 567]]",
    "Тел. [[0888 123 456]]",
    "Mobitel: [[091 234 5678]]",
    "Мобилни: [[064 123 4567]]",
    "Telefonska številka: [[041 234 567]]",
    "Телефон: [[067 123 45 67]]",
    "Телефон: [[8 912 345-67-89]]",
    "Τηλ. [[210 123 4567]]",
    "Cep telefonum: [[0532 123 45 67]]",
    "Ring mig på [[070-123 45 67]].",
    "Tlf. [[20 12 34 56]]",
    "Mobilnr: [[912 34 567]]",
    "Puhelinnumeroni on [[040 123 4567]].",
    "Mobiil: [[5123 4567]]",
    "Tālr. [[2912 3456]]",
    "Tel. nr.: [[612 34567]]",
    "電話番号：[[03-1234-5678]]",
    "手机号：[[138 1234 5678]]",
    "手機號碼：[[0912 345 678]]",
    "연락처: [[010-1234-5678]]",
    "رقم الهاتف: [[050 123 4567]]",
    "טלפון: [[052-123-4567]]",
    "شماره تلفن: [[0912 123 4567]]",
    "मोबाइल: [[98765 43210]]",
    "Telp: [[0812-3456-7890]]",
    "Điện thoại: [[0912 345 678]]",
    "โทร [[081-234-5678]]",
    "Terveisin, Anna\n[[040 123 4567]]",
    "Pozdrav, Ivan\n[[091 234 5678]]",
    "よろしくお願いします\n[[090-1234-5678]]",
    "Salam, Budi\n[[0812-3456-7890]]",
)
OTHER_CODES = (
    "Slevový kód 482913 platí 10 dní. Přihlaste se.",
    "Kód zásilky 482913 a přihlášení do účtu.",
    "Kod rabatowy 771204. Zaloguj się, kod jest ważny tydzień. logowania",
    "Kod pocztowy 00950, logowanie do konta",
    "Kuponkód 339201, bejelentkezés után érvényes.",
    "Cod de reducere 204881, valabil 10 zile după autentificare.",
    "Код за отстъпка 551209, валиден след вход.",
    "Poštanski kod 10000, prijava za novosti.",
    "Код товара 710022. Вход в личный кабинет.",
    "Код замовлення 710022. Вхід до кабінету.",
    "Εκπτωτικός κωδικός 442917, ισχύει έως την Κυριακή.",
    "İndirim kodu 903412, giriş yaptıktan sonra geçerlidir.",
    "Rabattkod 661204, logga in för att handla.",
    "Alennus koodi 552917, voimassa sunnuntaihin.",
    "优惠代码 482913，登录后有效。",
    "クーポンコード482913、ログイン後に有効です。",
    "할인 코드 482913, 로그인 후 유효",
    "رمز الخصم 482913 صالح بعد تسجيل الدخول",
    "קוד הנחה 482913 בתוקף אחרי כניסה",
    "کد تخفیف 482913 پس از ورود معتبر است",
    "कूपन कोड 482913, लॉगिन करें",
    "Kode promo 482913 berlaku setelah masuk.",
    "Mã giảm giá 482913, đăng nhập để dùng.",
    "รหัสส่วนลด 482913 เข้าสู่ระบบเพื่อใช้",
    "商品コード 482913 をログインして確認",
)
FOUND = (
    *((text, "one_time_code") for text in CODES),
    *((text, "password") for text in PASSWORDS),
    *((text, "phone_number") for text in PHONES),
)


@pytest.mark.parametrize(("marked", "kind"), FOUND)
def test_a_value_is_found_whole(marked: str, kind: str) -> None:
    """Under its kind, and nothing else is found."""
    text, value = marked.replace("[[", "").replace("]]", ""), marked.partition("[[")[2].partition("]]")[0]

    assert [(item.type, text[item.start : item.end]) for item in find_in_text(text)] == [(kind, value)]


@pytest.mark.parametrize("text", OTHER_CODES)
def test_codes_of_vouchers_post_and_wares_are_none(text: str) -> None:
    """Although the mail speaks of signing in."""
    assert find_in_text(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Rua das Flores 12 - CEP 04344-902",
        "Zapomenuté heslo: klikněte sem",
        "Κωδικός προϊόντος: AB12345",
        "パスワード：****",
        "Vaše heslo vyprší za 3 dny.",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    """A postal code behind a word that is a telephone elsewhere, links, wares and stars."""
    assert find_in_text(text) == ()
