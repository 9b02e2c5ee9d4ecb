"""The code or the link of a mail that asks for a confirmation; never a link that is not what it seems."""

from pathlib import Path

import pytest

from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.reader import link_or_code
from smtpd_billbee.reader.confirmations import Confirmation
from tests.pace import LINEAR, growth

MAILS = Path(__file__).parents[1] / "mails"
TOKEN = "/app/confirm/mail?token="
GMAIL = "https://mail-settings.google.example/mail/vf-%5BANGjdJ"


def asked(body: str, subject: str = "Bitte bestätigen", kind: str = "plain") -> Confirmation | None:
    head = f"X-Sample: synthetic\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n\n"
    return link_or_code(open_mail((head + body).encode()))


@pytest.mark.parametrize(
    ("name", "code", "link"),
    [
        ("n_fwdconfirm_gmail-en-01", "987654321", f"{GMAIL}9xyz%5D-abcdefghijklm"),
        ("n_fwdconfirm_gmail-fr-02", "456123789", f"{GMAIL}7abc%5D-nopqrstuvwxyz"),
        ("n_fwdconfirm_other-de-03", "48 21 77", "https://postfach.example/weiterleitung/bestaetigen?k=5b6c7d8e9f"),
        ("n_activation-de-01", None, "https://cms.jimdo.example/confirm?c=4f9a0b1c2d3e4f5a6b7c8d9e"),
        ("n_activation-en-02", None, f"https://cms.jimdo.example{TOKEN}aa11bb22cc33dd44ee55ff66"),
        ("n_activation-fr-03", None, f"https://cms.jimdo.example{TOKEN}0a1b2c3d4e5f60718293a4b5"),
        ("n_activation-ja-04", None, f"https://cms.jimdo.example{TOKEN}99887766554433221100aabb"),
    ],
)
def test_mails(name: str, code: str | None, link: str) -> None:
    """The code as it is written, and the link with its host."""
    found = link_or_code(open_mail((MAILS / f"{name}.eml").read_bytes()))

    assert Confirmation(code, link, link.split("/")[2]) == found


def test_gmail_says_no_as_well() -> None:
    """Gmail's second link takes the request back."""
    body = (
        "If you accidentally clicked, cancel it: https://mail.google.example/mail/uf-abc\n\n"
        "please click the link below to confirm the request:\n\nhttps://mail.google.example/mail/vf-abc\n"
    )

    assert Confirmation("123456789", "https://mail.google.example/mail/vf-abc", "mail.google.example") == asked(
        body, "(#123456789) Gmail Forwarding Confirmation"
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Ihr Bestätigungscode lautet:\n\n  A7K2P9\n\nGMX", "A7K2P9"),
        ("Your verification code\n482 177", "482 177"),
        ("Geben Sie den Code: 4711 08 ein (gültig bis 12.03.2026).", "4711 08"),
        ("確認コード：583920", "583920"),
        ("Vous trouverez le code de vérification ci-dessous.", None),
        ("Bestätigungscode siehe https://postfach.example/bestaetigen?code=123456", None),
        ("Ihre Kundennummer ist 1234567.", None),
    ],
)
def test_codes(body: str, code: str | None) -> None:
    """A code stands behind the words that announce it, or alone below them; other numbers are no codes."""
    found = asked(body)

    assert code == (found.code if found else None)


@pytest.mark.parametrize(
    "link",
    [
        "http://cms.jimdo.example/confirm",
        "https://jimdo.example@evil.example/confirm",
        "https://192.0.2.1/confirm",
        "https://xn--jmdo-vpa.example/confirm",
        "https://jіmdo.example/confirm",
        "https://cms.jimdo.example:8443/confirm",
        "javascript:confirm(1)",
        "https://[::1/confirm",
    ],
)
def test_phishing_looks(link: str) -> None:
    """Not shown: no https, a name before an @, numbers for a host, letters that only look Latin, an odd port."""
    assert asked(f"Bitte bestätigen:\n{link}\n") is None
    assert asked(f'<p>Bitte</p><a href="{link}">E-Mail-Adresse bestätigen</a>', kind="html") is None


def test_words_of_another_host() -> None:
    """Words that name one host above a link to another are not shown; their own host is fine."""
    anchor = '<a class="b" href="https://{}/confirm?a=1&amp;b=2"><b>https://cms.jimdo.example/confirm</b></a>'
    good = asked(anchor.format("cms.jimdo.example"), kind="html")

    assert asked(anchor.format("evil.example"), kind="html") != good
    assert "evil" not in str(asked(anchor.format("evil.example"), kind="html"))
    assert Confirmation(None, "https://cms.jimdo.example/confirm?a=1&b=2", "cms.jimdo.example") == good


def test_neither() -> None:
    """A mail without both gives nothing: no link to a picture, to help or to the way out."""
    body = "Hilfe: https://jimdo.example/help\nhttps://jimdo.example/confirm/logo.png\nhttps://jimdo.example/unsubscribe?confirm"

    assert asked(body) is None


@pytest.mark.parametrize(
    "piece", ["<a href='", '<a href="https://a.example/confirm">', "code: ", "https://", "<a ", "12 34 "]
)
def test_hostile(piece: str) -> None:
    """200 kB of the same beginning take as long as eight times 25 kB."""
    for kind in ("plain", "html"):
        assert growth(lambda size, kind=kind: asked(piece * (size // len(piece)), kind=kind), 200_000) < LINEAR
