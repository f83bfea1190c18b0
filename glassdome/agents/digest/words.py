"""The words of a digest, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from glassdome.values.digest import DigestTopic

__all__ = ["DigestWords", "words_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWords:
    """Titles of the sections in the order of `DigestTopic`, and the other words. `subject` and `more` have a number in them, `links` has days."""

    subject: str
    titles: tuple[str, ...]
    more: str
    undo: str
    undo_this: str
    links: str
    foot: str

    def title(self, topic: DigestTopic) -> str:
        """Return the title of a section."""
        return self.titles[list(DigestTopic).index(topic)]


_WORDS: Final = {
    "en": DigestWords(
        subject="Your mail: {count} things to know",
        titles=("Act now", "You owe an answer", "You wait for an answer", "Suspected fraud", "Due", "Moved"),
        more="and {count} more",
        undo="Each move can be undone on the page of the message in Glassdome.",
        undo_this="Undo",
        links="Each link works once and for {days} days, without signing in.",
        foot="Glassdome wrote this automatically. Switch it off in your settings (digest).",
    ),
    "de": DigestWords(
        subject="Ihre Post: {count} Hinweise",
        titles=(
            "Jetzt handeln",
            "Sie schulden eine Antwort",
            "Sie warten auf Antwort",
            "Betrugsverdacht",
            "Fällig",
            "Verschoben",
        ),
        more="und {count} weitere",
        undo="Jede Verschiebung lässt sich auf der Seite der Nachricht in Glassdome rückgängig machen.",
        undo_this="Rückgängig machen",
        links="Jeder Link gilt einmal und {days} Tage lang, ohne Anmeldung.",
        foot="Glassdome hat dies automatisch geschrieben. Abschalten: Einstellungen (digest).",
    ),
    "fr": DigestWords(
        subject="Votre courrier : {count} points à savoir",
        titles=(
            "À faire maintenant",
            "Vous devez une réponse",
            "Vous attendez une réponse",
            "Fraude soupçonnée",
            "Échéances",
            "Déplacés",
        ),
        more="et {count} de plus",
        undo="Chaque déplacement peut être annulé sur la page du message dans Glassdome.",
        undo_this="Annuler",
        links="Chaque lien sert une fois, pendant {days} jours, sans connexion.",
        foot="Glassdome a écrit ceci automatiquement. Pour l’arrêter : réglages (digest).",
    ),
    "es": DigestWords(
        subject="Su correo: {count} avisos",
        titles=(
            "Actuar ahora",
            "Debe una respuesta",
            "Espera una respuesta",
            "Sospecha de fraude",
            "Vencimientos",
            "Movidos",
        ),
        more="y {count} más",
        undo="Cada movimiento se puede deshacer en la página del mensaje en Glassdome.",
        undo_this="Deshacer",
        links="Cada enlace sirve una vez, durante {days} días, sin iniciar sesión.",
        foot="Glassdome escribió esto automáticamente. Para desactivarlo: ajustes (digest).",
    ),
    "it": DigestWords(
        subject="La sua posta: {count} avvisi",
        titles=(
            "Da fare subito",
            "Deve una risposta",
            "Attende una risposta",
            "Sospetta frode",
            "Scadenze",
            "Spostati",
        ),
        more="e altri {count}",
        undo="Ogni spostamento si può annullare nella pagina del messaggio in Glassdome.",
        undo_this="Annulla",
        links="Ogni link vale una volta, per {days} giorni, senza accesso.",
        foot="Glassdome ha scritto questo automaticamente. Per disattivarlo: impostazioni (digest).",
    ),
    "nl": DigestWords(
        subject="Uw post: {count} meldingen",
        titles=(
            "Nu doen",
            "U bent een antwoord schuldig",
            "U wacht op antwoord",
            "Vermoedelijke fraude",
            "Te betalen of te verwachten",
            "Verplaatst",
        ),
        more="en nog {count}",
        undo="Elke verplaatsing kan ongedaan worden gemaakt op de pagina van het bericht in Glassdome.",
        undo_this="Ongedaan maken",
        links="Elke link werkt één keer, {days} dagen lang, zonder aanmelden.",
        foot="Glassdome schreef dit automatisch. Uitzetten: instellingen (digest).",
    ),
    "pt": DigestWords(
        subject="O seu correio: {count} avisos",
        titles=(
            "Agir agora",
            "Deve uma resposta",
            "Espera uma resposta",
            "Suspeita de fraude",
            "Prazos",
            "Movidos",
        ),
        more="e mais {count}",
        undo="Cada movimento pode ser desfeito na página da mensagem no Glassdome.",
        undo_this="Desfazer",
        links="Cada ligação serve uma vez, durante {days} dias, sem iniciar sessão.",
        foot="O Glassdome escreveu isto automaticamente. Para desligar: definições (digest).",
    ),
    "pl": DigestWords(
        subject="Państwa poczta: powiadomienia ({count})",
        titles=(
            "Do zrobienia teraz",
            "Czekają na Państwa odpowiedź",
            "Czekają Państwo na odpowiedź",
            "Podejrzenie oszustwa",
            "Terminy",
            "Przeniesione",
        ),
        more="i jeszcze {count}",
        undo="Każde przeniesienie można cofnąć na stronie wiadomości w Glassdome.",
        undo_this="Cofnij",
        links="Każdy link działa raz i przez {days} dni, bez logowania.",
        foot="Glassdome napisał to automatycznie. Wyłączenie: ustawienia (digest).",
    ),
    "cs": DigestWords(
        subject="Vaše pošta: {count} upozornění",
        titles=("Udělat hned", "Dlužíte odpověď", "Čekáte na odpověď", "Podezření na podvod", "Termíny", "Přesunuto"),
        more="a ještě {count}",
        undo="Každý přesun lze vrátit na stránce zprávy v Glassdome.",
        undo_this="Vrátit",
        links="Každý odkaz platí jednou a {days} dní, bez přihlášení.",
        foot="Toto napsal Glassdome automaticky. Vypnout: nastavení (digest).",
    ),
    "tr": DigestWords(
        subject="Postanız: {count} bildirim",
        titles=(
            "Şimdi yapılacaklar",
            "Yanıt borçlusunuz",
            "Yanıt bekliyorsunuz",
            "Dolandırıcılık şüphesi",
            "Son tarihler",
            "Taşınanlar",
        ),
        more="ve {count} tane daha",
        undo="Her taşıma, Glassdome'da iletinin sayfasından geri alınabilir.",
        undo_this="Geri al",
        links="Her bağlantı bir kez ve {days} gün boyunca, oturum açmadan çalışır.",
        foot="Glassdome bunu otomatik yazdı. Kapatmak için: ayarlar (digest).",
    ),
    "ru": DigestWords(
        subject="Ваша почта: важных сообщений {count}",
        titles=(
            "Сделать сейчас",
            "Вы должны ответить",
            "Вы ждёте ответа",
            "Подозрение на мошенничество",
            "Сроки",
            "Перемещено",
        ),
        more="и ещё {count}",
        undo="Каждое перемещение можно отменить на странице письма в Glassdome.",
        undo_this="Отменить",
        links="Каждая ссылка действует один раз, дней: {days}, без входа.",
        foot="Glassdome написал это автоматически. Отключить: настройки (digest).",
    ),
    "uk": DigestWords(
        subject="Ваша пошта: важливих повідомлень {count}",
        titles=(
            "Зробити зараз",
            "Ви маєте відповісти",
            "Ви чекаєте на відповідь",
            "Підозра на шахрайство",
            "Терміни",
            "Переміщено",
        ),
        more="і ще {count}",
        undo="Кожне переміщення можна скасувати на сторінці листа в Glassdome.",
        undo_this="Скасувати",
        links="Кожне посилання діє один раз, днів: {days}, без входу.",
        foot="Glassdome написав це автоматично. Вимкнути: налаштування (digest).",
    ),
    "ja": DigestWords(
        subject="メールのお知らせ: {count} 件",
        titles=("今すぐ対応", "返事が必要", "返事待ち", "詐欺の疑い", "期限", "移動済み"),
        more="ほか {count} 件",
        undo="移動は Glassdome のメッセージのページで元に戻せます。",
        undo_this="元に戻す",
        links="各リンクは一度だけ、{days} 日間、サインインなしで使えます。",
        foot="Glassdome が自動で作成しました。停止するには設定 (digest) へ。",
    ),
    "zh": DigestWords(
        subject="您的邮件: {count} 条提醒",
        titles=("立即处理", "您需要答复", "您在等待答复", "疑似诈骗", "到期事项", "已移动"),
        more="另有 {count} 条",
        undo="每次移动都可在 Glassdome 的邮件页面撤销。",
        undo_this="撤销",
        links="每个链接可使用一次，{days} 天内有效，无需登录。",
        foot="由 Glassdome 自动生成。关闭: 设置 (digest)。",
    ),
}


def words_of(language: str) -> DigestWords:
    """Return the words of a BCP 47 tag's language, English where we have none."""
    return _WORDS.get(language.partition("-")[0].lower(), _WORDS["en"])
