"""Finds folders by their special use (RFC 6154), or by the names that mail programs give them."""

from __future__ import annotations

import re
from typing import Final

from glassdome.core.errors import FolderMissing
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderInfo

__all__ = ["folder_for", "use_of"]

#: What mail programs and servers call the folders, in the languages in which they come; compared case-folded.
_NAMES: Final = {
    "\\Junk": """
        junk|junk e-mail|junk email|junk mail|junk-e-mail|spam|bulk mail|spamverdacht|spam-verdacht
        |unerwünscht|unerwünschte werbung|courrier indésirable|indésirables|pourriel|pourriels|spams
        |correo no deseado|no deseado|correo basura|posta indesiderata|indesiderata|indesiderati|lixo|lixo eletrônico
        |lixo eletrónico|correio eletrónico não solicitado|ongewenste e-mail|ongewenst
        |skräppost|skräp|søppelpost|uønsket e-post|uønsket|uønsket e-mail|uønsket mail|roskaposti|rämpspost|ruslpóstur
        |wiadomości-śmieci|wiadomości śmieci|niechciane|nevyžádaná pošta|nevyžiadaná pošta|levélszemét|mesaje nedorite
        |neželjena pošta|neželena pošta|нежелательная почта|спам|небажана пошта|ανεπιθύμητα|ανεπιθύμητη αλληλογραφία
        |gereksiz|gereksiz e-posta|istenmeyen|דואר זבל|البريد غير الهام|البريد العشوائي|迷惑メール|垃圾邮件|垃圾郵件
        |垃圾信件|정크 메일|정크|스팸|스팸함|thư rác|สแปม|อีเมลขยะ""",
    "\\Sent": """
        sent|sent items|sent messages|sent mail|sent-mail|sentmail|gesendet|gesendete elemente|gesendete objekte
        |gesendete nachrichten|postausgang gesendet|envoyés|éléments envoyés|messages envoyés|envoyé|courrier envoyé
        |enviados|elementos enviados|mensajes enviados|mensagens enviadas|itens enviados|posta inviata|inviati|inviata
        |elementi inviati|verzonden|verzonden items|verzonden berichten|skickat|skickade|skickade objekt|sendt
        |sendte elementer|sendt post|lähetetyt|saadetud|wysłane|elementy wysłane|odeslané|odeslaná pošta|odoslané
        |elküldött elemek|elküldött|trimise|poslano|отправленные|отправленное|надіслані|απεσταλμένα|gönderilmiş öğeler
        |gönderilmiş|gönderilenler|פריטים שנשלחו|العناصر المرسلة|送信済み|送信済みアイテム|送信済みメール|已发送
        |已发送邮件|寄件備份|已傳送的郵件|보낸 편지함|보낸 메일함|đã gửi""",
    "\\Trash": """
        trash|deleted|deleted items|deleted messages|bin|papierkorb|gelöscht|gelöschte elemente|gelöschte objekte
        |gelöschte nachrichten|corbeille|éléments supprimés|messages supprimés|papelera|elementos eliminados|lixeira
        |itens excluídos|itens eliminados|cestino|posta eliminata|prullenbak|verwijderde items|papperskorgen|borttaget
        |papirkurv|slettet post|slettede elementer|slettede elementer|roskakori|poistetut|prügi|kosz|elementy usunięte
        |koš|odstraněná pošta|kôš|törölt elemek|coș de gunoi|smeće|удаленные|корзина|видалені|кошик|διαγραμμένα
        |κάδος|çöp kutusu|silinmiş öğeler|פריטים שנמחקו|العناصر المحذوفة|ゴミ箱|削除済みアイテム|已删除|已删除邮件
        |废纸篓|垃圾桶|刪除的郵件|휴지통|지운 편지함|thùng rác""",
    "\\Drafts": """
        drafts|draft|entwürfe|brouillons|brouillon|borradores|borrador|rascunhos|bozze|concepten|utkast|kladder|kladde
        |luonnokset|mustandid|wersje robocze|szkice|koncepty|rozepsané|rozpísané|piszkozatok|vázlatok|ciorne|skice|osnutki
        |черновики|чернетки|πρόχειρα|taslaklar|טיוטות|مسودات|下書き|草稿|草稿箱|草稿匣|임시 보관함|bản nháp""",
}
_USES: Final = {name.strip(): use for use, names in _NAMES.items() for name in names.split("|")}
#: Google's folders stand below one of their own.
_LEVEL_OF_ITS_OWN: Final = frozenset({"[gmail]", "[google mail]"})


async def folder_for(session: ImapSession, name: str) -> str:
    """Resolve `\\\\Sent` and the like to the folder with that special use, else to the first whose name says so.

    A name is looked for at the top of the mailbox, under whatever namespace that is, not in folders of folders.
    """
    if not name.startswith("\\"):
        return name
    use = f"\\{name[1:].capitalize()}"
    found = [info for info in await session.folders() if info.selectable]
    by_use = [info.name for info in found if use in info.special_use]
    by_name = sorted(
        (info for info in found if _use(info) == use), key=lambda info: info.levels[-1].lower() != use[1:].lower()
    )
    for candidate in (*by_use, *(info.name for info in by_name)):
        return candidate
    raise FolderMissing(
        f"The mailbox has no {name[1:]} folder.",
        fix=f"Create a folder named {name[1:]}, or mark one as such (RFC 6154).",
    )


def use_of(folder: str) -> str:
    """Return the use that a folder's name tells, or that of the folder it stands in; empty for any other.

    The name may be any server's: `INBOX.Junk`, `INBOX/Spam`, `Sent/2026`.
    """
    levels = re.split(r"[/.\\^]", folder)
    if len(levels) > 1 and levels[0].upper() == "INBOX":
        del levels[0]
    return _of_levels(tuple(levels[:2])) or _of_levels(tuple(levels[:1]))


def _use(info: FolderInfo) -> str:
    return _of_levels(info.levels or (info.name,))


def _of_levels(levels: tuple[str, ...]) -> str:
    if len(levels) > 1 and levels[0].lower() in _LEVEL_OF_ITS_OWN:
        levels = levels[1:]
    return _USES.get(levels[0].casefold(), "") if len(levels) == 1 else ""
