"""Tests of splitting a text into words."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_WORD_CHARS
from glassdome.store.words import terms_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your PARCEL, your parcel!", ("your", "parcel")),
        ("anna.b@shop.example", ("anna", "b", "shop", "example")),
        ("INV-2026_07: 1.99 €", ("inv", "2026", "07", "1", "99")),
        ("Grüße, ÉCOLE e\u0301cole straße", ("grusse", "ecole", "strasse")),
        ("会議の議事録", ("会議", "議の", "の議", "議事", "事録")),
        ("金 Mr田中様2", ("金", "mr", "田中", "中様", "2")),
        ("हिन्दी में", ("हिनदी", "में")),
        ("Счёт", ("счет",)),
        ("บัญชี ฿50", ("บั", "ัญ", "ญช", "ชี", "50")),
        ("?! _ -", ()),
        ("\ud800 broken", ("broken",)),
        ("x" * 50, ("x" * MAX_WORD_CHARS,)),
    ],
)
def test_terms(text: str, expected: tuple[str, ...]) -> None:
    """Without case and accents, each once; runs of unspaced scripts as pairs."""
    assert terms_of(text) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("请在今天之前确认您的银行账户信息", "银行"),
        ("會議改到星期三", "星期"),
        ("会議は水曜日に変更されました", "水曜"),
        ("กรุณายืนยันบัญชีของคุณภายในวันนี้", "บัญชี"),
        ("ใบแจ้งหนี้ของท่านครบกำหนดชำระแล้ว", "หนี้"),
        ("ກະລຸນາຢືນຢັນບັນຊີຂອງທ່ານ", "ບັນຊີ"),
        ("សូមបញ្ជាក់គណនីរបស់អ្នក", "គណនី"),
        ("အကောင့်ကိုအတည်ပြုပါ", "အတည်"),
    ],
)
def test_a_word_is_found_in_the_middle_of_a_sentence_without_spaces(text: str, word: str) -> None:
    """Each term of the word begins one of the sentence's."""
    indexed = terms_of(text)

    assert [term for term in terms_of(word) if not any(each.startswith(term) for each in indexed)] == []
