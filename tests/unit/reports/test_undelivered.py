"""More delivery reports, absences and reports of machines: other servers and languages than those in the public reports."""

from __future__ import annotations

import base64
import gzip

import pytest

from glassdome.values.verdict import Label
from tests.unit.reports.bounces import RETURNED
from tests.unit.reports.build import judged, parsed

DAEMON = "Mail Delivery System <MAILER-DAEMON@mail.example.org>"
GMAIL = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
OFFICE = "postmaster@example.org"
NDN = "Delivery Status Notification (Failure)"
FAILED = "Mail delivery failed: returning message to sender"

FAILURES: dict[str, tuple[str, str, str]] = {
    "xmail": ("postmaster@example.com", "Error sending message [1780300800.joe.example.com] from [example.com]",
              "[<00>] XMail bounce: Rcpt=[joe@example.com];Error=[550 5.1.1 User unknown]\n\n\n[<01>] Error sending message "
              "[1780300800.joe.example.com] from [example.com].\n\nRcpt To: <joe@example.com>\n\n[<02>] The reason of the delivery failure was:\n\n"
              "550 5.1.1 User unknown\n\n[<05>] Here is listed the initial part of the message:\n\nCOPY"),
    "ironport": ("Mail Delivery System <MAILER-DAEMON@mx.example.com>", NDN,
                 "The following message to <joe@example.com> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address error "
                 "550-'5.1.1 User unknown'"),
    "groupwise": ("postmaster@example.com", "Message status - undeliverable",
                  "The message that you sent was undeliverable to the following:\n\tjoe (user not found)\n\nPossibly truncated original message "
                  "follows:\n\nCOPY"),
    "hmail": ("mailer-daemon@mail.example.com", "Message undeliverable",
              "Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 1 Jun 2026 09:00:00 +0000\n   Subject: Minutes\n\n"
              "The following recipient(s) could not be reached:\n\njoe@example.com\n   Error Type: SMTP\n   Remote server (192.0.2.1) issued an error.\n"
              "   hMailServer sent: RCPT TO:<joe@example.com>\n   Remote server replied: 550 User unknown\n\n\nhMailServer"),
    "mailenable": ("postmaster@example.com", "Message Delivery Failure",
                   "MailEnable: Message delivery has failed.\n\nMessage could not be delivered to some recipients.\nThe following recipient(s) could not "
                   "be reached:\n\n   Recipient: [SMTP:joe@example.com]\n   Reason: Remote SMTP Server Returned: 550 User unknown\n\nMessage headers "
                   "follow:\n\nCOPY"),
    "communigate": ("MAILER-DAEMON@example.com", "Undeliverable mail: Minutes",
                    "Failed to deliver to 'joe@example.com'\nSMTP module(domain example.com) reports:\n host mx.example.com says:\n 550 5.1.1 User unknown"),
    "smail": ("Mail Delivery System <MAILER-DAEMON@mailout.example.com>", FAILED,
              "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n"
              "|------------------------- Failed addresses follow: ---------------------|\n <joe@example.com> ... unknown host\n"
              "|------------------------- Message text follows: ------------------------|\nCOPY"),
    "gmail": (GMAIL, NDN, "** Address not found **\n\nYour message wasn't delivered to joe@example.com because the address couldn't be found, or is unable "
              "to receive mail.\n\nLearn more here: https://support.google.com/mail/answer/6596\n\nThe response was:\n\n550 5.1.1 The email account that "
              "you tried to reach does not exist."),
    "gmail blocked": (GMAIL, NDN, "** Message blocked **\n\nYour message to joe@example.com has been blocked. See technical details below for more "
                      "information.\n\nThe response was:\n\n550 5.7.1 Message rejected."),
    "gmail full": (GMAIL, NDN, "** Recipient inbox full **\n\nYour message couldn't be delivered to joe@example.com. Their inbox is full, or it's getting too "
                   "much mail right now.\n\nThe response was:\n\n552 5.2.2 The email account that you tried to reach is over quota."),
    "gmail de": (GMAIL, NDN, "** Die Adresse wurde nicht gefunden. **\n\nIhre Nachricht wurde nicht an joe@example.com zugestellt, weil die Adresse nicht "
                 "gefunden wurde oder keine E-Mails empfangen kann.\n\nAntwort:\n\n550 5.1.1 User unknown"),
    "gmail fr": (GMAIL, NDN, "** Adresse introuvable **\n\nVotre message n'a pas été remis à joe@example.com, car l'adresse est introuvable ou ne peut pas "
                 "recevoir de messages.\n\nRéponse :\n\n550 5.1.1 User unknown"),
    "gmail es": (GMAIL, NDN, "** No se ha encontrado la dirección **\n\nTu mensaje no se ha entregado a joe@example.com porque no se ha encontrado la "
                 "dirección o no puede recibir correo.\n\nLa respuesta fue:\n\n550 5.1.1 User unknown"),
    "yandex": ("mailer-daemon@yandex.ru", "Недоставленное сообщение",
               "Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено "
               "одному или нескольким адресатам. Технические подробности можно найти ниже.\n\n<joe@example.com>: 550 5.1.1 User unknown"),
    "163": ("Postmaster@163.com", "系统退信", "抱歉，您的邮件被退回来了……\n\n收件人: joe@example.com\n退信原因: 收件人邮件地址不存在 550 5.1.1 User unknown"),
    "naver": ("mailer-daemon@naver.com", "[발송실패 안내] joe@example.com 으로 메일이 전송되지 못했습니다.",
              "메일이 전송되지 못했습니다.\n받는 사람: joe@example.com\n받는 사람의 메일 주소가 존재하지 않습니다.\n550 5.1.1 User unknown"),
    "mimecast": (OFFICE, "[Postmaster] Email Delivery Failure",
                 "This is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- joe@example.com\n\ncould not be "
                 "delivered. The problem appears to be :\n-- Recipient email server rejected the message\n\nAdditional information follows :\n-- 550 User unknown"),
    "haraka": ("MAILER-DAEMON@mail.example.org", "failed to deliver message", "Hi. This is the Haraka Mailer program at mail.example.org.\nI'm afraid I wasn't able to "
               "deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<joe@example.com>: 550 5.1.1"),
    "james": ("postmaster@example.com", "Re: Minutes", "Hi. This is the James mail server at mail.example.com.\nI'm afraid I wasn't able to deliver your message to the "
              "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I "
              "was unable to deliver\nyour message.\n\nFailed recipient(s):\njoe@example.com\n\nError message:\n550 5.1.1 User unknown"),
    "stalwart": (DAEMON, "Failed to deliver message", "Your message could not be delivered to the following recipients:\n\n<joe@example.com> (host 'mx.example.com' "
                 "rejected command 'RCPT TO:<joe@example.com>' with code 550 (5.1.1) 'User unknown')"),
    "aol": ("MAILER-DAEMON@aol.com", "Mail System Error - Returned Mail", "Your mail to the following recipients could not be delivered because they are not accepting "
            "mail from bob@example.net:\n\tjoe"),
    "postfix fr": (DAEMON, "Message non distribué retourné à l'expéditeur", "Ceci est le système de messagerie de l'hôte mail.example.org.\n\nJe suis désolé de vous informer "
                   "que votre message n'a pas pu\nêtre remis à un ou plusieurs destinataires.\n\n<joe@example.com>: 550 5.1.1 User unknown"),
    "postfix de": (DAEMON, "Unzustellbare Nachricht", "Dies ist das Mailsystem auf mail.example.org.\n\nIhre Nachricht konnte an einen oder mehrere Empfänger nicht "
                   "zugestellt werden.\n\n<joe@example.com>: 550 5.1.1 User unknown"),
    "exchange hu": (OFFICE, "Nem kézbesíthető: Jegyzőkönyv", "A kézbesítés nem sikerült a következő címzetteknek vagy csoportoknak:\n\njoe@example.com"),
    "exchange da": (OFFICE, "Kan ikke leveres: Referat", "Levering til følgende modtagere eller grupper mislykkedes:\n\njoe@example.com"),
    "exchange no": (OFFICE, "Kan ikke leveres: Referat", "Levering til følgende mottakere eller grupper mislyktes:\n\njoe@example.com"),
    "exchange fi": (OFFICE, "Ei voi toimittaa: Muistio", "Toimittaminen epäonnistui seuraaville vastaanottajille tai ryhmille:\n\njoe@example.com"),
    "exchange zh-tw": (OFFICE, "無法傳遞: 會議記錄", "傳遞給下列收件者或群組失敗:\n\njoe@example.com"),
    "kerio": ("postmaster@example.com", "Delivery failure notification", "Your message cannot be delivered to the following recipients:\n\njoe@example.com\n  Reason: 550 5.1.1 User unknown"),
    "icewarp": ("MAILER-DAEMON@example.com", "Mail Delivery Failure", "Message delivery to the following recipient has failed permanently:\n\n<joe@example.com>: 550 5.1.1 User unknown"),
    "zoho": ("mailer-daemon@mail.zoho.com", "Undelivered Mail Returned to Sender", "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\njoe@example.com, ERROR CODE :550 - 5.1.1 User unknown"),
    "proton": ("MAILER-DAEMON@protonmail.com", "Undelivered Mail Returned to Sender", "This is the mail system at host mail.protonmail.com.\n\nYour message could not be delivered to one or more recipients.\n\n<joe@example.com>: 550"),
    "sophos": ("postmaster@example.com", "Message not delivered", "The following message was not delivered to joe@example.com because it contained a blocked attachment."),
    "exchange bg": (OFFICE, "Недоставимо: Протокол", "Доставката до тези получатели или групи е неуспешна:\n\njoe@example.com"),
    "exchange el": (OFFICE, "Δεν ήταν δυνατή η παράδοση: Πρακτικά", "Η παράδοση σε αυτούς τους παραλήπτες ή ομάδες απέτυχε:\n\njoe@example.com"),
    "exchange he": (OFFICE, "לא ניתן למסירה: פרוטוקול", "המסירה לנמענים או לקבוצות אלה נכשלה:\n\njoe@example.com"),
    "exchange ar": (OFFICE, "غير قابل للتسليم: محضر", "فشل التسليم إلى هؤلاء المستلمين أو المجموعات:\n\njoe@example.com"),
    "exchange uk": (OFFICE, "Не вдалося доставити: Протокол", "Не вдалося доставити повідомлення таким одержувачам або групам:\n\njoe@example.com"),
    "exchange hr": (OFFICE, "Nije moguće isporučiti: Zapisnik", "Isporuka ovim primateljima ili grupama nije uspjela:\n\njoe@example.com"),
    "exchange sk": (OFFICE, "Nedoručiteľné: Zápis", "Doručenie týmto príjemcom alebo skupinám zlyhalo:\n\njoe@example.com"),
    "exchange ro": (OFFICE, "Nelivrabil: Proces-verbal", "Livrarea către acești destinatari sau aceste grupuri nu a reușit:\n\njoe@example.com"),
    "exchange th": (OFFICE, "ไม่สามารถส่งได้: รายงาน", "การส่งไปยังผู้รับหรือกลุ่มเหล่านี้ล้มเหลว:\n\njoe@example.com"),
    "exchange vi": (OFFICE, "Không gửi được: Biên bản", "Gửi đến những người nhận hoặc nhóm này không thành công:\n\njoe@example.com"),
    "gmail it": (GMAIL, NDN, "** Indirizzo non trovato **\n\nIl tuo messaggio non è stato recapitato all'indirizzo joe@example.com perché non è stato possibile trovare l'indirizzo o perché non può ricevere email."),
    "gmail pt": (GMAIL, NDN, "** Endereço não encontrado **\n\nSua mensagem não foi entregue para joe@example.com porque o endereço não foi encontrado ou não pode receber mensagens."),
    "gmail ja": (GMAIL, NDN, "** アドレス不明 **\n\njoe@example.com にメッセージを配信できませんでした。アドレスが見つからないか、メールを受信できません。"),
    "gmail ru": (GMAIL, NDN, "** Адрес не найден **\n\nСообщение не доставлено пользователю joe@example.com, так как его адрес не найден или не может принимать почту."),
    "gmail pl": (GMAIL, NDN, "** Nie znaleziono adresu **\n\nWiadomość nie została dostarczona do: joe@example.com, ponieważ nie znaleziono adresu lub nie można na niego dostarczać poczty."),
    "gmail nl": (GMAIL, NDN, "** Adres niet gevonden **\n\nJe bericht is niet bezorgd bij joe@example.com, omdat het adres niet kan worden gevonden of geen e-mail kan ontvangen."),
    "gmail tr": (GMAIL, NDN, "** Adres bulunamadı **\n\nAdres bulunamadığı veya posta alamadığı için iletiniz joe@example.com adresine teslim edilemedi."),
}  # fmt: skip

LATE: dict[str, tuple[str, str, str]] = {
    "exchange de": (OFFICE, "Zustellung verzögert: Protokoll", "Die Zustellung an folgende Empfänger oder Gruppen wurde verzögert:\n\njoe@example.com"),
    "exchange fr": (OFFICE, "Remise différée : Compte rendu", "La remise à ces destinataires ou groupes a été différée :\n\njoe@example.com"),
    "gmail de": (GMAIL, "Delivery Status Notification (Delay)", "** Zustellung unvollständig **\n\nEs ist ein vorübergehendes Problem aufgetreten, während Ihre Nachricht an "
                 "joe@example.com zugestellt wurde. Gmail versucht noch 47 Stunden lang, sie zuzustellen."),
    "hmail": ("mailer-daemon@mail.example.com", "Delivery delayed: Minutes", "Your message has not yet been delivered to joe@example.com.\nThe server will continue trying to "
              "deliver your message for 3 days. You do not need to resend it."),
    "stalwart": (DAEMON, "Warning: Delay in message delivery", "There was a temporary problem delivering your message to the following recipients:\n\n<joe@example.com> (connection "
                 "to 'mx.example.com' failed: timed out)"),
}  # fmt: skip


def _mail(sender: str, subject: str, text: str, head: str = "Return-Path: <>\n") -> bytes:
    fields = f"{head}Received: from x by mail.example.org; now\nFrom: {sender}\nTo: Bob <bob@example.net>\n"
    kind = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"{fields}Subject: {subject}\n{kind}\n{text.replace('COPY', RETURNED)}\n".encode()


@pytest.mark.parametrize("server", FAILURES)
def test_failures(server: str) -> None:
    """Each is a bounce and harmless, whatever it returns."""
    raw = _mail(*FAILURES[server])
    report, verdict = parsed(raw).report, judged(raw)

    assert report is not None
    assert (report.kind, verdict.label, verdict.categories) == ("bounce", Label.HAM, ("bounce",))
    assert verdict.auto_reply_suggestion is None


@pytest.mark.parametrize("server", LATE)
def test_delays(server: str) -> None:
    """Each is known as a delay."""
    raw = _mail(*LATE[server])
    report = parsed(raw).report

    assert report is not None
    assert (report.kind, judged(raw).label, judged(raw).categories) == ("delay", Label.HAM, ("bounce",))


def _report(status: str, head: str = "", kind: str = "delivery-status", third: str = "message/rfc822") -> bytes:
    parts = [
        "Content-Type: text/plain\n\nSee below.",
        f"Content-Type: message/{kind}\n{head}\n{status}",
        f"Content-Type: {third}\n\n{RETURNED}",
    ]
    body = "".join(f"--B\n{part}\n" for part in parts)
    top = f"Return-Path: <>\nFrom: {DAEMON}\nTo: bob@example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
    return f'{top}Content-Type: multipart/report; report-type="{kind.upper()}"; boundary=B\n\n{body}--B--\n'.encode()


EXCHANGE = "Reporting-MTA: dns;mx.example.com\n\nFinal-recipient: RFC822;joe@example.com\nAction: failed\nStatus: 5.1.1\nX-Supplementary-Info: <mx #5.1.1>\n"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (_report(EXCHANGE), "bounce"),
        (_report(EXCHANGE.replace("\n", "\r\n")), "bounce"),
        (_report(base64.encodebytes(EXCHANGE.encode()).decode(), "Content-Transfer-Encoding: base64\n"), "bounce"),
        (_report(EXCHANGE.replace("failed", "failed (bad destination mailbox)").replace("5.1.1", "5.1.1 (bad)")), "bounce"),
        (_report(EXCHANGE.replace("Action: failed\nStatus: 5.1.1", "Status: 5.1.1\nAction: FAILED")), "bounce"),
        (_report(EXCHANGE.replace("Reporting-MTA", "Original-Envelope-Id: x\nReporting-UA: y\nReporting-MTA")), "bounce"),
        (_report(EXCHANGE, third="text/rfc822-headers"), "bounce"),
        (_report(EXCHANGE, third="message/rfc822-headers"), "bounce"),
        (_report(EXCHANGE.replace("failed", "delayed").replace("5.1.1", "4.4.7") + "Will-Retry-Until: Fri, 5 Jun 2026 10:00:00 +0000\n"), "delay"),
        (_report("Final-Recipient: rfc822;joe@example.com\nOriginal-Message-ID: <b1@example.net>\nDisposition: automatic-action/MDN-sent-automatically; "
                 "dispatched\n", kind="disposition-notification"), "receipt"),
        (_report("Final-Recipient: rfc822;joe@example.com\nDisposition: manual-action/MDN-sent-manually;displayed/error\n", kind="disposition-notification"),
         "receipt"),
        (_report("Feedback-Type: not-spam\nUser-Agent: x\nVersion: 1\n", kind="feedback-report"), "complaint"),
        (_report("Feedback-Type: fraud\nUser-Agent: x\nVersion: 0.1\nSource-IP: 192.0.2.1\n", kind="feedback-report"), "complaint"),
    ],
)  # fmt: skip
def test_reports_by_shape(raw: bytes, kind: str) -> None:
    """Fields in any case and order, encoded, with comments; the returned mail whole or its header alone."""
    report = parsed(raw).report

    assert report is not None
    assert (report.kind, judged(raw).label) == (kind, Label.HAM)


@pytest.mark.parametrize(
    ("name", "kind", "subject"),
    [("google.example!example.net!1780272000!1780358399.zip", "application/zip", "Report domain: example.net Submitter: google.example Report-ID: 123"),
     ("mail.example!example.net!1780272000!1780358399.xml.gz", "application/gzip", "[Preview] Report Domain: example.net Submitter: mail.example Report-ID: <1.2@x>"),
     ("google.example!example.net!1780272000!1780358399!001.json.gz", "application/tlsrpt+gzip", "Report Domain: example.net Submitter: google.example Report-ID: <2026@x>")],
)  # fmt: skip
def test_reports_for_the_domain(name: str, kind: str, subject: str) -> None:
    """Reports of DMARC and TLS (RFC 7489, 8460) are harmless and answered by nobody."""
    file = base64.encodebytes(gzip.compress(b"<?xml version='1.0'?><feedback></feedback>")).decode()
    part = f'Content-Type: {kind}; name="{name}"\nContent-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n{file}'
    top = f"From: noreply-dmarc@reports.example\nTo: dmarc@example.net\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n"
    verdict = judged(
        f"{top}\n--B\nContent-Type: text/plain\n\nThis is an aggregate report.\n--B\n{part}\n--B--\n".encode()
    )

    assert (verdict.label, verdict.auto_reply_suggestion) == (Label.HAM, None)


ASKS = "Could you please send me the report for last week by Friday? Best, Max\n"


@pytest.mark.parametrize(
    "head",
    ["Auto-Submitted: Auto-Replied\n", 'auto-submitted: auto-replied; owner-email="x@example.org"\n', "Auto-Submitted: (auto) auto-generated\n",
     "X-Auto-Response-Suppress: DR, OOF, AutoReply\n", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n", "Preference: auto_reply\n",
     "X-List-Administrivia: yes\nPrecedence: bulk\n", "Precedence: AUTO_REPLY\n", "X-Autoreply : yes\n"],
)  # fmt: skip
def test_fields_of_machines(head: str) -> None:
    """More ways in which programs say that they wrote it."""
    assert judged(_mail("Max <max@example.org>", "Re: Your request", ASKS, head)).auto_reply_suggestion is None


@pytest.mark.parametrize(
    "subject",
    ["Automatisk svar: Spørsmål", "Autosvar: Spørgsmål", "Automatikus válasz: Kérés", "Otomatik yanıt: İstek", "Αυτόματη απάντηση: Αίτημα", "自動応答: お願い", "自动答复: 请求",
     "自動回覆: 請求", "자동 회신: 요청", "Автоматична відповідь: Запит", "Automatická odpoveď: Žiadosť", "Răspuns automat: Cerere", "מענה אוטומטי: בקשה", "رد تلقائي: طلب",
     "Automatski odgovor: Zahtjev", "Samodejni odgovor: Zahteva", "Автоматичен отговор: Искане", "Automaatvastus: Taotlus", "Automatinis atsakymas: Prašymas",
     "Automātiska atbilde: Lūgums", "Resposta automàtica: Sol·licitud", "ตอบกลับอัตโนมัติ: คำขอ", "Trả lời tự động: Yêu cầu", "Balasan otomatis: Permintaan",
     "Abwesenheitsnotiz: Anfrage", "Absence du bureau : Demande", "Fuera de la oficina: Solicitud", "Fuori ufficio: Richiesta", "Out of office: Request", "AUTO: Max Muster is out of the office (returning 15.06.2026)",
     "AutoReply: Request", "[Auto-Reply] Request", "Automatic response: Request", "Autoresponse: Request", "Vacation reply: Request", "자동응답: 요청", "自動返信: お願い"],
)  # fmt: skip
def test_absences(subject: str) -> None:
    """The subjects that Outlook and Exchange write in each language, without a field that says it."""
    verdict = judged(_mail("Max <max@example.org>", subject, ASKS, ""))

    assert (verdict.auto_reply_suggestion, "automatic" in verdict.tags) == (None, True)
