"""Sentences and summaries in every script: split at their own signs, cut at whole sentences, joined as the script joins them."""

from __future__ import annotations

import pytest

from glassdome.core.cutting import cut_short
from glassdome.core.limits import MAX_SUMMARY_CHARS
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.summary import summarize

#: Greeting, two sentences that say something, a question, thanks; one line each, as the sentences should come out.
MAILS = {
    "zh": ["您好。", "您的包裹已经到达配送中心，预计明天下午送达。", "如需更改地址，请在今晚八点前登录官网修改！", "有问题吗？", "感谢您的支持。"],
    "zh-Hant": ["您好。", "您的包裹已經到達配送中心，預計明天下午送達。", "如需更改地址，請在今晚八點前登入官網修改！", "有問題嗎？", "感謝您的支持。"],
    "ja": ["お世話になっております。", "来週の会議の日程を変更したいと考えております。", "「水曜日は無理です。」と田中さんが言っていました。", "ご都合はいかがでしょうか？", "よろしくお願いいたします。"],
    "ko": ["안녕하세요.", "회의가 다음 주 월요일로 연기되었습니다.", "수요일까지 참석 여부를 알려 주시기 바랍니다.", "참석 가능하신가요?", "감사합니다."],
    "th": ["สวัสดีครับ", "ขอแจ้งให้ทราบว่าการประชุมวันศุกร์ถูกเลื่อนไปเป็นวันจันทร์หน้า เวลา 10.00 น.", "กรุณายืนยันการเข้าร่วมภายในวันพุธ", "หากมีข้อสงสัยกรุณาติดต่อกลับ", "ขอบคุณครับ"],
    "hi": ["नमस्ते।", "आपकी बैठक शुक्रवार को सुबह दस बजे होगी।", "कृपया बुधवार तक अपनी उपस्थिति की पुष्टि करें।", "क्या आप आ सकते हैं?", "धन्यवाद।"],
    "ar": ["السلام عليكم.", "تم تأجيل الاجتماع إلى يوم الاثنين القادم.", "يرجى تأكيد حضورك قبل يوم الأربعاء.", "هل يمكنك الحضور؟", "شكراً لك."],
    "he": ["שלום רב.", "הפגישה נדחתה ליום שני הבא בשעה עשר.", "נא לאשר את השתתפותך עד יום רביעי.", "האם תוכל להגיע?", "תודה רבה."],
    "el": ["Καλημέρα σας.", "Η συνάντηση μεταφέρθηκε για τη Δευτέρα.", "Παρακαλώ επιβεβαιώστε έως την Τετάρτη.", "Μπορείτε να έρθετε;", "Ευχαριστώ."],
    "ur": ["السلام علیکم۔", "میٹنگ پیر تک ملتوی کر دی گئی ہے۔", "براہ کرم بدھ تک تصدیق کریں۔", "کیا آپ آ سکتے ہیں؟", "شکریہ۔"],
    "hy": ["Բարեւ ձեզ։", "Հանդիպումը հետաձգվել է երկուշաբթի։", "Խնդրում եմ հաստատել մինչեւ չորեքշաբթի։"],
    "my": ["အစည်းအဝေးကို တနင်္လာနေ့သို့ ရွှေ့ထားပါသည်။", "ကျေးဇူးပြု၍ အတည်ပြုပါ။"],
    "am": ["ስብሰባው ወደ ሰኞ ተዛውሯል።", "እባክዎ እስከ ረቡዕ ያረጋግጡ።"],
}  # fmt: skip
NO_BLANKS = ("zh", "zh-Hant", "ja")


@pytest.mark.parametrize("language", MAILS)
def test_sentences_end_at_their_own_signs(language: str) -> None:
    """Each script's signs end a sentence, with or without blanks behind them."""
    text = ("" if language in NO_BLANKS else " ").join(MAILS[language])

    assert [sentence.text for sentence in sentences_of(text)] == MAILS[language]


@pytest.mark.parametrize("language", [tag for tag in MAILS if len(MAILS[tag]) > 3])
def test_a_summary_is_two_whole_sentences(language: str) -> None:
    """The summary is made of whole sentences, none of them a greeting or thanks, joined as the script joins them."""
    between = "" if language in NO_BLANKS else " "
    summary = summarize(sentences_of(between.join(MAILS[language])))
    parts = [sentence for sentence in MAILS[language] if sentence in summary]

    assert summary == between.join(parts)
    assert len(parts) == 2
    if language not in ("el", "ur"):
        assert {MAILS[language][0], MAILS[language][-1]}.isdisjoint(parts)


@pytest.mark.parametrize(
    ("line", "ended"),
    [
        ("会议改到下周一上午十点", "会议改到下周一上午十点。"),
        ("会議は来週の月曜日に変更されました", "会議は来週の月曜日に変更されました。"),
        ("การประชุมเลื่อนไปเป็นวันจันทร์", "การประชุมเลื่อนไปเป็นวันจันทร์"),
        ("बैठक सोमवार को होगी", "बैठक सोमवार को होगी।"),
        ("회의가 월요일로 연기되었습니다", "회의가 월요일로 연기되었습니다."),
        ("他说：“会议改到下周一上午十点。”", "他说：“会议改到下周一上午十点。”"),
        ("The meeting is on Monday \N{PARTY POPPER}", "The meeting is on Monday \N{PARTY POPPER}."),
    ],
)
def test_a_sentence_gets_the_sign_of_its_script(line: str, ended: str) -> None:
    """A sentence without a sign gets its own script's, Thai none."""
    assert summarize(sentences_of(line)) == ended


def test_wrapped_lines_of_chinese_are_one_sentence() -> None:
    """A line of forty signs is as wide as one of eighty letters; no blank comes between them."""
    first, second = (
        "本公司第一部门的年度预算已经由董事会审议并且正式批准了各部门请按照",
        "批准后的金额执行相关的采购计划。",
    )

    assert summarize(sentences_of(f"{first}\n{second}")) == first + second


@pytest.mark.parametrize(
    "text",
    ["本公司的预算审议已经完成" * 60, "การประชุมเรื่องงบประมาณ" * 60, "予算の審議が完了しましたので、" * 60, "กำ่" * 400],
    ids=["zh", "th", "ja", "marks"],
)
def test_a_long_sentence_without_blanks_is_cut_late(text: str) -> None:
    """More than half of the room is used, and no letter loses its mark."""
    cut = summarize(sentences_of(text))

    assert MAX_SUMMARY_CHARS // 2 < len(cut) <= MAX_SUMMARY_CHARS
    assert text.startswith(cut.rstrip("…"))
    assert text[len(cut) - 1] != "\u0e48"


def test_sentences_that_do_not_fit_together_leave_the_best_alone() -> None:
    """Two sentences of four hundred characters are one summary of one sentence, not of one and a half."""
    sentences = [f"The {word} budget of the museum project was approved by the board {'and the members ' * 20}in {word}." for word in ("first", "second", "third")]  # fmt: skip

    assert summarize(sentences_of("\n\n".join(sentences))) in sentences


@pytest.mark.parametrize(
    ("text", "chars", "expected"),
    [
        ("One is here. Two is there. Three", 30, "One is here. Two is there."),
        ("第一句在这里。第二句在那里。第三句", 15, "第一句在这里。第二句在那里。"),
        ("It costs 1.50 euros and more", 12, "It costs…"),
        ("Short.", 12, "Short."),
    ],
)
def test_cut_short(text: str, chars: int, expected: str) -> None:
    """Whole sentences where one ends in the second half; a number's dot ends none."""
    assert cut_short(text, chars) == expected
