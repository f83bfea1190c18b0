"""Charsets and encoded words as mail has them: labels that no standard has, and words cut where no word ends."""

from __future__ import annotations

import pytest

from glassdome.parse.charset import decode
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.state import ParseState


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("①髙﨑 会議", "cp932", "x-sjis"), ("①髙﨑 会議", "cp932", "Windows-31J"), ("①髙﨑 会議", "cp932", "CP932"), ("①髙﨑 会議", "cp932", "MS_Kanji"),
        ("請查收附件", "cp950", "x-x-big5"), ("請查收附件", "cp950", "cn-big5"), ("请查收附件，谢谢", "gbk", "x-gbk"), ("请查收附件，谢谢", "gbk", "chinese"),
        ("请查收附件，谢谢", "gbk", "cn-gb"), ("请查收𠮷附件", "gb18030", "gb2312"), ("결제 안내 펲시", "cp949", "korean"), ("결제 안내 펲시", "cp949", "windows-949"),
        ("결제 안내 펲시", "cp949", "euc_kr"), ("Grüße – € 5", "cp1252", "ISO8859-1"), ("Grüße – € 5", "cp1252", "8859-1"), ("Grüße – € 5", "cp1252", "windows1252"),
        ("Grüße – € 5", "cp1252", "cp-1252"), ("Grüße – € 5", "cp1252", "ansi"), ("Grüße – € 5", "cp1252", "us-ascii"), ("Grüße – € 5", "cp1252", "x-unknown"),
        ("Grüße € 5", "iso8859-15", "latin-9"), ("Grüße € 5", "iso8859-15", "iso885915"), ("Grüße € 5", "iso8859-15", "ISO-8859-15;format=flowed"),
        ("Zażółć gęślą", "iso8859-2", "iso8859_2"), ("Zażółć gęślą", "cp1250", "cp1250"), ("Zażółć gęślą", "cp1250", "windows1250"), ("Привет, друзья", "cp866", "cp866"),
        ("Привет, друзья", "cp866", "ibm866"), ("Привет, друзья", "mac_cyrillic", "x-mac-cyrillic"), ("Їжак і ґанок", "koi8_u", "koi8-ru"), ("Grüße", "cp850", "ibm850"),
        ("Grüße", "cp437", "cp437"), ("สวัสดีครับ", "cp874", "tis-620"), ("สวัสดีครับ", "cp874", "dos-874"), ("Γειά σου κόσμε", "cp1253", "greek"), ("שלום עולם", "cp1255", "hebrew"),
        ("שלום עולם", "iso8859-8", "iso-8859-8-e"), ("مرحبا بالعالم", "cp1256", "windows-1256"), ("Şifre ığdır", "cp1254", "iso-8859-9"), ("Șțăîâ", "iso8859-16", "iso-8859-16"),
        ("Grüße aus Köln", "utf-8", "unicode"), ("Grüße aus Köln", "utf-8", "utf-8 "), ("Grüße aus Köln", "utf-8", "UTF_8"), ("Grüße aus Köln", "utf-8", "unicode-1-1-utf-8"),
        ("Grüße aus Köln", "utf-8", "iso-10646/utf-8"), ("Grüße aus Köln", "utf-8", "utf-8-mac"), ("Grüße aus Köln", "utf-8", "'utf-8'"), ("Grüße aus Köln", "utf-8", "=utf-8"),
        ("Grüße aus Köln", "utf-8", "binary"), ("Grüße aus Köln", "utf-8", "8bit"), ("Grüße aus Köln", "utf-8", "iso-8859-1"), ("Grüße aus Köln", "utf-32", "utf-32"),
        ("会議のお知らせ", "euc_jp", "x-euc-jp"), ("会議のお知らせ", "euc_jp", "eucjp"), ("会議のお知らせ", "cp932", "euc-jp"),
        ("会議のお知らせ", "iso2022_jp", "shift_jis"),
    ],
)  # fmt: skip
def test_labels(text: str, codec: str, label: str) -> None:
    """The text that its writer saw, by label or, where the label cannot be true, by the bytes."""
    assert decode(text.encode(codec), label, ParseState()).replace("\ufeff", "") == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?B?R3LDvA==?==?utf-8?B?w59l?=", "Grüße"), ('=?"utf-8"?Q?Gr=C3=BC=C3=9Fe?=', "Grüße"), ("=?utf8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?q?100%=?=", "100%="), ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"), ("=?utf-8?B?R3LDvMOfZQ=?=", "Grüße"), ("=?utf-8?B?R3LD vMOfZQ==?=", "Grüße"),
        ("Re:=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Re:Grüße"), ("(=?utf-8?Q?Gr=C3=BC=C3=9Fe?=)", "(Grüße)"),
        ("=?cp932?B?h0A=?=", "①"), ("=?SJIS?B?h0A=?=", "①"), ("=?ISO-2022-JP?B?GyRCMnE1RBsoQg==?= =?ISO-2022-JP?B?GyRCJE4bKEI=?=", "会議の"),
        ("=?ISO-2022-JP?B?GyRCMnE1RA==?= =?ISO-2022-JP?B?GyRCJE4bKEI=?=", "会議の"), ("=?ISO-2022-JP?Q?=1B$B2q5D=1B(B?=", "会議"),
        ("=?gb18030?B?tPO80rrD?=", "大家好"), ("=?ks_c_5601-1987?B?sOHBpg==?=", "결제"), ("=?utf-8?Q?a_=3D_b_=5F_c?=", "a = b _ c"), ("=?utf-8?Q?a?b?=", "a?b"),
        ("=?utf-8?Q?a b c?= d", "a b c d"), ("=?utf-8?Q?a?= =?utf-8?Q?_b?=", "a b"), ("=?utf-8?Q?a?=  \n\t =?iso-8859-1?Q?=FC?=", "aü"), ("=?utf-8?Q??= x", "x"),
        ("=?utf-8?Q?Gr=c3=bc=C3=9fe?=", "Grüße"), ("=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC_5?=", "€ 5"), ("=?windows-1252?Q?=80_5_=96_x?=", "€ 5 – x"), ("=?iso-8859-1?Q?=80_5?=", "€ 5"),
        ("=?utf-7?Q?Hi_+JjoAIQ-?=", "Hi ☺!"), ("a =?utf-8?Q?b", "a =?utf-8?Q?b"), ("=?utf-8?B?8J+YgQ==?=", "😁"), ("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?Q?Fwd:_Gr=C3=BC=C3=9Fe?=", "Fwd: Grüße"), ("Gr=C3=BC=C3=9Fe", "Gr=C3=BC=C3=9Fe"), ("=?utf-8?Q?Gr=FC=DFe?=", "Grüße"), ("=?utf-8?b?R3LDvMOfZQ==?= =?utf-8?q?_x?=", "Grüße x"),
    ],
)  # fmt: skip
def test_encoded_words(value: str, expected: str) -> None:
    """RFC 2047 as programs break it: glued, quoted, without padding, with spaces, one character over two words."""
    assert decode_words(value, ParseState()) == expected
