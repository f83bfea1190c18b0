"""Bounces as mail servers write them: name, sender, subject, text; `COPY` stands for the returned mail."""

from __future__ import annotations

__all__ = ["BOUNCES", "DELAYS", "RETURNED"]

RETURNED = (
    "Return-Path: <bob@example.net>\nReceived: from x by mail.example.org; Mon, 1 Jun 2026 09:00:00 +0000\n"
    "From: Bob <bob@example.net>\nTo: joe@example.com\nSubject: Your account is limited\n"
    "Date: Mon, 1 Jun 2026 09:00:00 +0000\nMessage-ID: <b1@example.net>\n\n"
    "Dear customer, verify your password at https://paypa1-secure.example/login or your account will be closed."
)
_550 = "550 5.1.1 <joe@example.com>: Recipient address rejected: User unknown"

BOUNCES: dict[str, tuple[str, str, str]] = {
    "qmail": ("MAILER-DAEMON@example.com", "failure notice",
              "Hi. This is the qmail-send program at example.com.\nI'm afraid I wasn't able to deliver your message to the following "
              "addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<joe@example.com>:\n"
              "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nCOPY"),
    "exim": ("Mail Delivery System <Mailer-Daemon@mail.example.org>", "Mail delivery failed: returning message to sender",
             "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one "
             "or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  joe@example.com\n"
             "    SMTP error from remote mail server after RCPT TO:<joe@example.com>:\n    550 5.1.1 User unknown\n\n"
             "------ This is a copy of the message, including all the headers. ------\n\nCOPY"),
    "sendmail": ("Mail Delivery Subsystem <MAILER-DAEMON@mail.example.org>", "Returned mail: see transcript for details",
                 "The original message was received at Mon, 1 Jun 2026 09:00:00 GMT\nfrom localhost [127.0.0.1]\n\n"
                 "   ----- The following addresses had permanent fatal errors -----\n<joe@example.com>\n    (reason: 550 5.1.1 User "
                 "unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.com.:\n>>> DATA\n<<< 550 "
                 "5.1.1 User unknown\n\n   ----- Original message -----\n\nCOPY"),
    "courier": ('"Courier mail server at mail.example.org" <@>', "NOTICE: mail delivery status.",
                "This is a delivery status notification from mail.example.org,\nrunning the Courier mail server, version 1.0.\n\nThe "
                "original message was received on Mon, 1 Jun 2026\n\n                UNDELIVERABLE MAIL\n\nYour message to the "
                "following recipients cannot be delivered:\n\n<joe@example.com>:\n    550 User unknown.\n\nCOPY"),
    "postfix text": ("MAILER-DAEMON@mail.example.org (Mail Delivery System)", "Undelivered Mail Returned to Sender",
                     "This is the mail system at host mail.example.org.\n\nI'm sorry to have to inform you that your message could "
                     f"not\nbe delivered to one or more recipients.\n\n<joe@example.com>: host mx.example.com said: {_550}\n\nCOPY"),
    "exchange 2003": ("System Administrator <postmaster@example.com>", "Undeliverable: Minutes",
                      "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tMinutes\n      Sent:\t"
                      "6/1/2026 9:00 AM\n\nThe following recipient(s) could not be reached:\n\n      joe@example.com on 6/1/2026 9:01 "
                      "AM\n            The e-mail account does not exist.\n            <mx.example.com #5.1.1>"),
    "iis": ("postmaster@example.com", "Delivery Status Notification (Failure)",
            "This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n"
            "       joe@example.com"),
    "gmail old": ("Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
                  "Delivery to the following recipient failed permanently:\n\n     joe@example.com\n\nTechnical details of permanent "
                  "failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain. The "
                  "error that the other server returned was:\n550 5.1.1 User unknown\n\n----- Original message -----\n\nCOPY"),
    "yahoo": ("MAILER-DAEMON@yahoo.com", "Failure Notice",
              "Sorry, we were unable to deliver your message to the following address.\n\n<joe@example.com>:\n550: 5.1.1 User "
              "unknown\n\n--- Below this line is a copy of the message.\n\nCOPY"),
    "icloud": ("Mail Delivery System <MAILER-DAEMON@mail.me.com>", "Undelivered Mail Returned to Sender",
               "This is a system-generated message to inform you that your email could not\nbe delivered to one or more recipients. "
               "Details of the email and the error are as follows:\n\n<joe@example.com>: 552 5.2.2 Mailbox full\n"),
    "gmx": ('"GMX Mailer Daemon" <mailer-daemon@gmx.net>', "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\n"
            "one or more of its recipients. This is a permanent error.\n\nThe following address failed:\n\n    joe@example.com:\n"
            "        SMTP error from remote server: 552 5.2.2 mailbox is full, quota exceeded\nFor explanation visit "
            "https://postmaster.gmx.net/en/error-messages?ip=192.0.2.7&c=sp\n\n--- The header of the original message is following. "
            "---\n\nCOPY"),
    "domino": ("Postmaster@example.com", "DELIVERY FAILURE: User joe (joe@example.com) not listed in Domino Directory",
               "Your message\n\n  Subject: Minutes\n\nwas not delivered to:\n\n  joe@example.com\n\nbecause:\n\n  550 5.1.1 User joe "
               "not listed in Domino Directory"),
    "mdaemon": ("MDaemon@example.com", "Message Delivery Failure - MDaemon Notification",
                "The attached message had PERMANENT fatal delivery errors!\n\n>>> RCPT To:<joe@example.com>\n<<< 550 5.1.1 User unknown"),
    "dovecot": ("Mail Delivery Subsystem <postmaster@mail.example.org>", "Rejected: Minutes",
                "Your message to <joe@example.com> was automatically rejected by Dovecot Mail Delivery Agent.\n\nThe following reason "
                "was given:\n552 5.2.2 Quota exceeded (mailbox for user is full)"),
    "opensmtpd": ("Mailer Daemon <MAILER-DAEMON@mail.example.org>", "Delivery status notification: error",
                  "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while "
                  "attempting to deliver a message for\n    the following list of recipients:\n\njoe@example.com: 550 5.1.1 User "
                  "unknown\n\n    Below is a copy of the original message:\n\nCOPY"),
    "maddy": ("Mail Delivery System <MAILER-DAEMON@mail.example.org>", "Undelivered Mail Returned to Sender",
              "This is the mail delivery system at mail.example.org.\n\nUnfortunately, your message could not be delivered to one or "
              "more\nrecipients.\n\nDelivery to joe@example.com failed with error: 550 5.1.1 User unknown"),
    "ses": ("MAILER-DAEMON@amazonses.com", "Delivery Status Notification (Failure)",
            "An error occurred while trying to deliver the mail to the following recipients:\njoe@example.com"),
    "spamhaus link": ("MAILER-DAEMON@mail.example.org (Mail Delivery System)", "Undelivered Mail Returned to Sender",
                      "This is the mail system at host mail.example.org.\n\n<joe@example.com>: host mx.example.com said: 554 5.7.1 "
                      "Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; "
                      "https://www.spamhaus.org/query/ip/192.0.2.7"),
    "de": ("Mail Delivery System <postmaster@example.org>", "Unzustellbar: Protokoll",
           "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\njoe@example.com\nDie eingegebene "
           "E-Mail-Adresse konnte nicht gefunden werden."),
    "fr": ("postmaster@example.org", "Non remis : Compte rendu",
           "Échec de la remise à ces destinataires ou groupes :\n\njoe@example.com\nL’adresse est introuvable."),
    "es": ("postmaster@example.org", "No se puede entregar: Acta",
           "Error de entrega a estos destinatarios o grupos:\n\njoe@example.com\nNo se encontró la dirección."),
    "it": ("postmaster@example.org", "Non recapitabile: Verbale",
           "Recapito non riuscito per i seguenti destinatari o gruppi:\n\njoe@example.com"),
    "pt": ("postmaster@example.org", "Não é possível entregar: Ata",
           "Falha na entrega a estes destinatários ou grupos:\n\njoe@example.com"),
    "nl": ("postmaster@example.org", "Onbestelbaar: Notulen", "Bezorgen bij deze geadresseerden of groepen is mislukt:\n\njoe@example.com"),
    "pl": ("postmaster@example.org", "Nie można dostarczyć: Protokół",
           "Dostarczenie do następujących adresatów lub grup nie powiodło się:\n\njoe@example.com"),
    "cs": ("postmaster@example.org", "Nedoručitelné: Zápis", "Doručení těmto příjemcům nebo skupinám se nezdařilo:\n\njoe@example.com"),
    "sv": ("postmaster@example.org", "Kan inte levereras: Protokoll",
           "Leveransen till följande mottagare eller grupper misslyckades:\n\njoe@example.com"),
    "ru": ("postmaster@example.org", "Не удается доставить: Протокол",
           "Не удалось выполнить доставку следующим получателям или группам:\n\njoe@example.com"),
    "tr": ("postmaster@example.org", "Teslim edilemedi: Tutanak", "Bu alıcılara veya gruplara teslim edilemedi:\n\njoe@example.com"),
    "ja": ("postmaster@example.org", "配信不能: 議事録", "次の受信者またはグループへの配信に失敗しました:\n\njoe@example.com"),
    "zh": ("postmaster@example.org", "未送达: 会议纪要", "传递到以下收件人或组失败:\n\njoe@example.com"),
    "qq": ("PostMaster@qq.com", "来自qq.com的退信", "抱歉，您的邮件被退回来了……\n\n无法发送到 joe@example.com\n退信原因: 550 5.1.1 User unknown"),
    "microsoft 365": ("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example>", "Undeliverable: Minutes",
                      "Your message to joe@example.com couldn't be delivered.\n\njoe wasn't found at example.com.\n\nbob\tOffice 365\tjoe\n"
                      "Action Required\t\tRecipient\nUnknown To address\n\nHow to Fix It\nThe address may be misspelled or may not exist. "
                      "Send the message again following these steps: In Outlook, open this non-delivery report (NDR) and choose Send "
                      "Again from the Report ribbon.\n\nMore Info for Email Admins\nStatus code: 550 5.1.10"),
    "mail.ru": ("mailer-daemon@corp.mail.ru", "Mail failure.",
                "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть "
                "доставлено одному или нескольким получателям:\n\njoe@example.com\nuser not found"),
    "bulk filter": ('"Spam Firewall" <postmaster@example.com>', "**Message you sent blocked by our bulk email filter**",
                    "Your message to: joe@example.com\nwas blocked by our Spam Firewall. The email you sent with the following subject "
                    "has NOT BEEN DELIVERED:\n\nSubject: Minutes"),
    "content filter": ('"Content-filter at mail.example.com" <postmaster@mail.example.com>', "BANNED contents from you (.exe,a.exe)",
                       "BANNED CONTENTS ALERT\n\nOur content checker found banned name: a.exe\nin email presumably from you.\n\n"
                       "Delivery of the email was stopped!"),
    "mailgun": ("MAILER-DAEMON@mail.example.com", "Delivery failed",
                "Unable to deliver message to the following recipients, due to being unable to connect successfully to the destination "
                "mail server.\n\njoe@example.com"),
    "sieve": ("<bob2@example.com>", "Automatically rejected mail",
              "Your message to <joe@example.com> was automatically rejected:\nI do not take mail from this address."),
    "it postfix": ("MAILER-DAEMON@mail.example.org (Mail Delivery System)", "Messaggio non recapitato restituito al mittente",
                   "Questo è il sistema di posta di mail.example.org.\n\nIl suo messaggio non ha potuto essere consegnato a uno o più "
                   "destinatari.\n\n<joe@example.com>: 550 5.1.1 User unknown"),
    "cs free": ("mailer-daemon@example.org", "Nedoruceno: Minutes", "Je nám líto, ale Vaši zprávu se nepodařilo doručit.\n<joe@example.com>: 550 5.1.1"),
    "ko": ("postmaster@example.org", "배달되지 않음: 회의록", "다음 받는 사람 또는 그룹에게 배달하지 못했습니다:\n\njoe@example.com"),
}  # fmt: skip

DELAYS: dict[str, tuple[str, str, str]] = {
    "postfix": ("MAILER-DAEMON@mail.example.org (Mail Delivery System)", "Delayed Mail (still being retried)",
                "This is the mail system at host mail.example.org.\n\n####################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED "
                "TO RESEND YOUR MESSAGE. #\n####################\n\nYour message could not be delivered for more than 4 hour(s).\nIt "
                "will be retried until it is 5 day(s) old."),
    "exim": ("Mail Delivery System <Mailer-Daemon@mail.example.org>", "Warning: message 1abcde-0000 delayed 24 hours",
             "This message was created automatically by mail delivery software.\nA message that you sent has not been delivered to "
             "one or more of its recipients after more than 24 hours on the queue on mail.example.org.\n\nNo action is required on "
             "your part. Delivery attempts will continue for\nsome time."),
    "sendmail": ("Mail Delivery Subsystem <MAILER-DAEMON@mail.example.org>", "Warning: could not send message for past 4 hours",
                 "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU "
                 "DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************"),
    "gmail": ("Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Delay)",
              "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to joe@example.com. Gmail will retry "
              "for 47 more hours. You'll be notified if the delivery fails permanently."),
    "exchange": ("postmaster@example.org", "Delivery delayed: Minutes",
                 "Delivery to these recipients or groups has been delayed:\n\njoe@example.com"),
}  # fmt: skip
