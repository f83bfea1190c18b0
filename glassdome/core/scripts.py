"""Tell in which of two scripts a text of one language is written: simplified or traditional Chinese, Cyrillic or Latin Serbian."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["in_its_script"]

#: Characters read; a text keeps to one script.
_READ: Final = 2_000
#: Frequent characters that only one of the two Chinese scripts has.
_TRADITIONAL: Final = frozenset(
    "愛辦備筆變邊標別賓補財產長場車稱處傳創詞從達帶單當導訂動斷隊對兒發飛費風婦復該剛個給構購顧館規過還號華歡環換匯"
    "會貨獲機積極際計記繼價間檢簡見講將節結緊僅進經舊舉據覺決開課塊來覽樂離裡禮歷麗聯練兩療臨領錄論馬買賣滿門們難內"
    "農盤賠評啟氣簽錢強橋輕請慶權確熱認軟賽設審聲時識實視試勢釋書術數雙誰說雖隨歲損態談題條鐵聽廳頭圖團網為圍衛溫聞"
    "問務誤線現獻鄉響項協寫謝興選學訓壓嚴驗樣藥業頁醫議義譯銀飲應營優郵與語員園遠願約雲運雜載責則張帳這證織職紙質鐘"
    "種眾專轉裝狀資總組後電話國無點關貴嗎麼週儲額訊碼幫觀區讓終絕維編級統續紹細紅紀"
)
_SIMPLIFIED: Final = frozenset(
    "爱办备笔变边标别宾补财产长场车称处传创词从达带单当导订动断队对儿发飞费风妇复该刚个给构购顾馆规过还号华欢环换汇"
    "会货获机积极际计记继价间检简见讲将节结紧仅进经旧举据觉决开课块来览乐离里礼历丽联练两疗临领录论马买卖满门们难内"
    "农盘赔评启气签钱强桥轻请庆权确热认软赛设审声时识实视试势释书术数双谁说虽随岁损态谈题条铁听厅头图团网为围卫温闻"
    "问务误线现献乡响项协写谢兴选学训压严验样药业页医议义译银饮应营优邮与语员园远愿约云运杂载责则张账这证织职纸质钟"
    "种众专转装状资总组后电话国无点关贵吗么周储额讯码帮观区让终绝维编级统续绍细红纪"
)
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_LATIN: Final = re.compile(r"[a-zčćđšž]", re.IGNORECASE)


def in_its_script(language: str, text: str) -> str:
    """Return the tag with its script where the language has two and the text is in the less usual one: `zh-Hant`, `sr-Latn`."""
    read = text[:_READ]
    if language == "zh":
        traditional = sum(map(_TRADITIONAL.__contains__, read))
        return "zh-Hant" if traditional > sum(map(_SIMPLIFIED.__contains__, read)) else language
    if language == "sr":
        return "sr-Latn" if len(_LATIN.findall(read)) > len(_CYRILLIC.findall(read)) else language
    return language
