"""Charset labels and what they mean, as data: those of the WHATWG Encoding Standard, and those that only mail uses.

The first table is the standard's, label by label (https://encoding.spec.whatwg.org/#names-and-labels, BSD 3-Clause); each
name on the left is the codec that reads what its index says. The labels of US-ASCII are kept apart from windows-1252,
since mail under them is mostly UTF-8 or unlabelled. An empty name means that the label says nothing.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BIG5", "BIG5_MISSING", "EUC_JP", "GB18030", "KOI8_U", "LABELS"]

_STANDARD: Final = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": (
        "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
        "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"
    ),
    "iso8859-7": (
        "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
        "iso_8859-7:1987 sun_eu_greek"
    ),
    "iso8859-8": (
        "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
        "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical"
    ),
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac_roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": (
        "cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 "
        "l1 latin1 windows-1252 x-cp1252"
    ),
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": (
        "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
        "windows-1254 x-cp1254"
    ),
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso-2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": (
        "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"
    ),
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "": "x-user-defined",
    "ascii": "ascii us-ascii ansi_x3.4-1968",
}
_MAIL: Final = {
    "utf-8": "utf uft-8 utf8mb4 utf-8mb4 x-utf-8 utf-8-bom utf-8-sig utf8_unicode_ci",
    "ascii": "us 646 iso646-us iso_646.irv:1991 iso-ir-6 csascii",
    "iso-2022-jp": (
        "iso-2022-jp-ms iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ext "
        "iso-2022-jp-compat csiso2022jp2 x-iso-2022-jp cp50220 cp50221 cp50222 x-windows-50220 "
        "x-windows-50221 x-windows-iso2022jp jis jis7 iso2022jp"
    ),
    "iso-2022-kr": "iso-2022-kr csiso2022kr x-iso-2022-kr iso2022kr",
    "iso-2022-cn": "iso-2022-cn iso-2022-cn-ext iso2022cn x-iso-2022-cn-gb",
    "hz": "hz hz-gb-2312 hz-gb hzgb csiso58hz",
    "utf-7": "utf-7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7 unicode-2-0-utf-7",
    "cp932": "cp932 ms_932 windows-932 x-ms-cp932 x-windows-31j cp943 cp943c cp942 x-sjis-jp sjis-win",
    "euc-jp": "eucjp ujis euc_jp eucjp-ms euc-jp-ms eucjp-win cp51932 euc-jisx0213 x-eucjp cp20932",
    "gb18030": (
        "cp936 ms936 ms_936 windows-936 x-windows-936 x-mswin-936 x-ms-cp936 euc-cn euccn x-euc-cn gb2312-80 "
        "gb-2312 gb_18030 gb18030-2000 gb18030-2005 gb18030-2022 x-gb18030 zh_cn.euc zh_cn-gb cn-gb "
        "iso-ir-165"
    ),
    "big5": (
        "cp950 ms950 windows-950 x-windows-950 big5-eten big5eten big5-hk big5hk big5hkscs big5-2003 x-big5 "
        "zh_tw-big5 cp951 ms950_hkscs"
    ),
    "cp949": (
        "cp949 ms949 ms_949 x-windows-949 uhc euckr x-euc-kr ks_c_5601 ks-c-5601-1987 ks_x_1001 ksx1001 "
        "ks_c_5601_1987 ksc-5601 5601 csksc5601"
    ),
    "johab": "johab cp1361 ms1361 x-johab",
    "cp874": "cp874 ms874 x-windows-874 tis620 tis620-0 tis-620-2533 thai8 cstis620",
    "mac_latin2": "x-mac-ce x-mac-centraleurroman mac-centraleurope maccentraleurope x-maccentraleurope",
    "mac_turkish": "x-mac-turkish x-macturkish",
    "mac_greek": "x-mac-greek x-macgreek",
    "mac_iceland": "x-mac-icelandic x-mac-iceland x-maciceland",
    "mac_croatian": "x-mac-croatian x-maccroatian",
    "mac_romanian": "x-mac-romanian x-macromania x-mac-romania",
    "mac_cyrillic": "mac-cyrillic x-maccyrillic x-macukraine",
    "mac_roman": "macroman mac-roman x-macroman apple-roman",
    "iso8859-15": "latin-9 latin9 latin0 iso-8859-15-1 csiso885915",
    "cp1252": "win-1252 win1252 ansi cp-1252 windows-latin1 western iso8859_1",
    "cp1251": "win-1251 win1251 ansi-1251 windows-cyrillic microsoft-cp1251 ms-cyrl",
    "cp1250": "win-1250 win1250 ms-ee",
    "cp1253": "win-1253 ms-greek",
    "cp1254": "win-1254 ms-turk iso8859_9",
    "cp1255": "win-1255 ms-hebr",
    "cp1256": "win-1256 ms-arab",
    "cp1257": "win-1257 winbaltrim",
    "cp1258": "win-1258",
    "koi8-r": "koi8r koi-8-r koi8-rus",
    "koi8-u": "koi8u koi8_u",
    "": (
        "x-unknown unknown unknown-8bit 8bit 7bit binary default none null x-default _autodetect "
        "_autodetect_all auto autodetect x-user-defined"
    ),
}
LABELS: Final[dict[str, str]] = {
    label: codec for table in (_MAIL, _STANDARD) for codec, labels in table.items() for label in labels.split()
}
#: What Python's codecs read otherwise than the standard's indexes: their character and the index's in turn.
BIG5: Final = (
    "\u2022\u2027\uff64\ufe51\u203e\u00af\u223c\uff5e\u2641\u2295\u2609\u2299\u00a5\uffe5\u00a2\uffe0\u00a3\uffe1"
)
EUC_JP: Final = "\u301c\uff5e\u2016\u2225\u2212\uff0d\u00a2\uffe0\u00a3\uffe1\u00ac\uffe2"
GB18030: Final = (
    "\ue5e5\u3000\ue78d\ufe10\ue78e\ufe12\ue78f\ufe11\ue790\ufe13\ue791\ufe14\ue792\ufe15\ue793\ufe16"
    "\ue794\ufe17\ue795\ufe18\ue796\ufe19\ue7c7\u1e3f\ue81e\u9fb4\ue826\u9fb5\ue82b\u9fb6\ue82c\u9fb7"
    "\ue832\u9fb8\ue843\u9fb9\ue854\u9fba\ue864\u9fbb"
)
KOI8_U: Final = "\u255d\u045e\u256c\u040e"
#: Codes of the Big5 index that Python lacks or reads as another character, in hexadecimal, each with its character.
BIG5_MISSING: Final = (
    "877a㡵 877b𡵓 877c𣚞 877d𦀡 877e㻬 87a1𥣞 87a2㫵 87a3竼 87a4龗 87a5𤅡 87a6𨤍 87a7𣇪 87a8𠪊 87a9𣉞 "
    "87aa䌊 87ab蒄 87ac龖 87ad鐯 87ae䤰 87af蘓 87b0墖 87b1靊 87b2鈘 87b3秐 87b4稲 87b5晠 87b6権 87b7袝 "
    "87b8瑌 87b9篅 87ba枂 87bb稬 87bc剏 87bd遆 87be㓦 87bf珄 87c0𥶹 87c1瓆 87c2鿇 87c3垳 87c4䤯 87c5呌 "
    "87c6䄱 87c7𣚎 87c8堘 87c9穲 87ca𧭥 87cb讏 87cc䚮 87cd𦺈 87ce䆁 87cf𥶙 87d0箮 87d1𢒼 87d2鿈 87d3𢓁 "
    "87d4𢓉 87d5𢓌 87d6鿉 87d7蔄 87d8𣖻 87d9䂴 87da鿊 87db䓡 87dc𪷿 87dd拁 87de灮 87df鿋 8e69箸 8e6f簆 "
    "8e7e糎 8eab緒 8eb4縝 8ecd者 8ed0耨 8f57菁 8f69蒨 8f6e萏 8fcb覦 8fcc覩 8ffe起 906d都 907a銹 90dc靜 "
    "90f1響 91bf鼖 9244蔃 92af兙 92b0兛 92b1兝 92b2兞 92c8鍮 92d1瑹 9447浧 94ca禛 95d9邗 9644靝 96ed瀞 "
    "96fc嬨 9b76爁 9b78矗 9b7b纇 9bc6駖 9bde釔 9bec惞 9bf6澶 9c42輶 9c53侻 9c62營 9c68鄄 9c6b鷰 9c77菏 "
    "9cbc尐 9cbd秣 9cd0婧 9d57輋 9d5a筑 9dc4拐 9ea9恢 9eef痹 9efd汊 9f60鬮 9f66鼗 9fcb僭 9fd8弌 a063蠏 "
    "a077拎 a0d5瑨 a0df煢 a0e4牐 a3c0␀ a3c1␁ a3c2␂ a3c3␃ a3c4␄ a3c5␅ a3c6␆ a3c7␇ a3c8␈ a3c9␉ "
    "a3ca␊ a3cb␋ a3cc␌ a3cd␍ a3ce␎ a3cf␏ a3d0␐ a3d1␑ a3d2␒ a3d3␓ a3d4␔ a3d5␕ a3d6␖ a3d7␗ "
    "a3d8␘ a3d9␙ a3da␚ a3db␛ a3dc␜ a3dd␝ a3de␞ a3df␟ a3e0␡ a3e1€ c6cf廴 c6d3无 c6d5癶 c6d7隶 "
    "c6de〃 c6df仝 fa5f倩 fa66偽 fabd包 fac5卄 fad5卿 fb48嘅 fbb8婷 fbf3幵 fbf9廐 fc4f彘 fc6c悤 fcb9撐 "
    "fce2晴 fcf1杞 fdb7沜 fdb8渝 fdbb港 fdf1煮 fe52猪 fe6f瑜 feaa瓩 fedd砉 a241∕ a242﹨ "
)
