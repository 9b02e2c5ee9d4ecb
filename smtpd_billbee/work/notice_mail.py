"""The mail that tells an owner what went wrong: in his language, with numbers of mails, without any customer's name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from smtpd_billbee.model.notice import Happening, NoticeKind
from smtpd_billbee.model.shop import Account

LISTED = 20  # shops
_Texts = dict[str, str]
_TEXTS: dict[str, dict[NoticeKind, _Texts]] = {
    "de": {
        NoticeKind.UNREADABLE: {
            "one": "Eine Mail konnte nicht gelesen werden",
            "many": "{count} Mails konnten nicht gelesen werden",
            "why": "Sie sehen wie Bestellungen aus, aber es fehlt etwas, oder es war gar nichts zu lesen. Jede ist "
            "aufbewahrt, und ihre Kopie geht wie immer an diese Adresse. Auf der Seite können Sie ein Wort lehren und "
            "sie noch einmal lesen lassen.",
        },
        NoticeKind.FAILED_COPY: {
            "one": "Eine Kopie konnte nicht zugestellt werden",
            "many": "{count} Kopien konnten nicht zugestellt werden",
            "why": "Ihr Postfach hat sie endgültig abgelehnt, oder es war fünf Tage lang nicht zu erreichen. Die Mails "
            "sind aufbewahrt, ihre Bestellungen gelesen. Auf der Seite steht, was geantwortet wurde; dort "
            "können Sie sie noch einmal senden.",
        },
        NoticeKind.SILENT_SHOP: {
            "one": "Ein Shop schweigt länger als sonst",
            "many": "{count} Shops schweigen länger als sonst",
            "why": "Seit der letzten Bestellung ist deutlich mehr Zeit vergangen als sonst zwischen zweien. Das kann "
            "Zufall sein. Vielleicht steht aber im Shop eine andere Adresse, oder die Weiterleitung ist aus.",
        },
    },
    "en": {
        NoticeKind.UNREADABLE: {
            "one": "A mail could not be read",
            "many": "{count} mails could not be read",
            "why": "They look like orders, but something is missing, or nothing could be read at all. Each is kept, "
            "and its copy goes to this address as always. On the page you can teach a word and have them read again.",
        },
        NoticeKind.FAILED_COPY: {
            "one": "A copy could not be delivered",
            "many": "{count} copies could not be delivered",
            "why": "Your mailbox refused them for good, or could not be reached for five days. The mails are kept and "
            "their orders are read. The page says what was answered; there you can send them once more.",
        },
        NoticeKind.SILENT_SHOP: {
            "one": "A shop is silent longer than usual",
            "many": "{count} shops are silent longer than usual",
            "why": "Since the last order much more time has passed than there is usually between two. It may be "
            "chance. But perhaps the shop has another address now, or the forwarding is off.",
        },
    },
}
_AROUND = {
    "de": ("Guten Tag,", "Shop", "Zur Seite:", "Diese Hinweise kommen höchstens einmal in der Stunde. Abschalten:"),
    "en": ("Hello,", "Shop", "The page:", "These notices come once an hour at most. Switch them off:"),
}
_PAGES = {
    NoticeKind.UNREADABLE: "/workbench",
    NoticeKind.FAILED_COPY: "/check",
    NoticeKind.SILENT_SHOP: "/settings/shops",
}


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Where the window is for browsers, and the domain of our own mails."""

    address: str
    domain: str


def told_at(kind: NoticeKind, account: Account) -> str:
    """Where the owner hears of it: a mailbox that refuses copies would refuse the notice of that, too."""
    return account.second_email if kind is NoticeKind.FAILED_COPY and account.second_email else account.email


def notice_mail(
    kind: NoticeKind, account: Account, happenings: Sequence[Happening], settings: NoticeSettings, now: datetime
) -> bytes:
    """The notice of these happenings to one of the account's addresses."""
    language = account.language if account.language in _TEXTS else "de"
    texts = _TEXTS[language][kind]
    subject = (texts["one"] if len(happenings) == 1 else texts["many"]).format(count=len(happenings))
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"smtpd-billbee <noreply@{settings.domain}>"
    mail["To"] = told_at(kind, account)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<notice.{kind}.{account.id}.{int(now.timestamp())}@{settings.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: nobody's holiday answers it
    mail.set_content(_text(kind, language, subject, happenings, settings.address), cte="quoted-printable")
    mail["Content-Language"] = language
    return mail.as_bytes()


def _text(kind: NoticeKind, language: str, subject: str, happenings: Sequence[Happening], address: str) -> str:
    hello, shop, page, off = _AROUND[language]
    names = {each.shop_id: " ".join(each.shop_name.split())[:60] for each in happenings}
    counts = Counter(each.shop_id for each in happenings).most_common()
    lines = [hello, "", f"{subject}.", ""]
    for shop_id, count in counts[:LISTED]:
        lines.append(
            f"  {shop} {names[shop_id]} ({shop_id})" + ("" if kind is NoticeKind.SILENT_SHOP else f": {count}")
        )
    lines += ["  …"] if len(counts) > LISTED else []
    lines += ["", _TEXTS[language][kind]["why"], "", page, f"{address}{_page(kind, happenings)}", ""]
    lines += [off, f"{address}/settings/notices", ""]
    return "\n".join(lines)


def _page(kind: NoticeKind, happenings: Sequence[Happening]) -> str:
    """The one mail, or the list of all."""
    if kind is NoticeKind.UNREADABLE and len(happenings) == 1:
        return f"/workbench?mail={happenings[0].mail_id}"
    return _PAGES[kind]
