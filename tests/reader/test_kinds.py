"""What sort of mail it is, when it is no order."""

import pytest

from smtpd_billbee.model.reading import Kind
from smtpd_billbee.reader.kinds import is_by_machine, kind_of, names_order, says_order
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"content-type": "multipart/report; report-type=delivery-status"}, "bounce"),
        ({"auto-submitted": "auto-replied"}, "auto_reply"),
        ({"auto-submitted": "auto-replied (vacation)"}, "auto_reply"),
        ({"x-autoreply": "yes"}, "auto_reply"),
    ],
)
def test_headers(headers: dict[str, str], name: str) -> None:
    """RFC 6522's reports and RFC 3834's automatic answers, whatever they say."""
    found = kind_of(headers, "Neue Bestellung 1042", ["Neue Bestellung 1042"], KNOWN)

    assert found is not None
    assert (name, 4) == (found.name, found.strength)


def test_generated_mails_may_be_orders() -> None:
    """RFC 3834: 'auto-generated' is what every shop's mail is."""
    assert kind_of({"auto-submitted": "auto-generated"}, "Neue Bestellung", ["Hallo"], KNOWN) is None


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Bitte bestätigen Sie Ihre E-Mail-Adresse", Kind.ACTIVATION),
        ("Ihre Bestellung wurde versendet", Kind.SHIPPING_NOTICE),
        ("Your order has shipped", Kind.SHIPPING_NOTICE),
        ("Bestellung storniert", Kind.OTHER),
        ("Zahlungserinnerung", Kind.OTHER),
        ("Undelivered Mail Returned to Sender", Kind.OTHER),
    ],
)
def test_subjects(subject: str, kind: Kind) -> None:
    """The subject says it, in every language."""
    found = kind_of({}, subject, ["Guten Tag"], KNOWN)

    assert found is not None
    assert (kind, True) == (found.kind, found.strength >= 3)


@pytest.mark.parametrize("subject", ["Neue Bestellung 1042", "Order confirmation 1042", "新しい注文が入りました"])
def test_orders(subject: str) -> None:
    """Nothing speaks against an order here, and the words say that it is one."""
    assert kind_of({}, subject, ["Guten Tag"], KNOWN) is None
    assert says_order(subject, KNOWN)


def test_other_mails_say_nothing_of_an_order() -> None:
    """Ordinary sentences are no sign of an order."""
    assert not says_order("Guten Tag, wann haben Sie geöffnet?", KNOWN)
    assert not says_order("", KNOWN)


def test_a_mailbox_that_is_to_forward() -> None:
    """The mail that asks to confirm a forward to our import address."""
    lines = [
        "12345-shop-orderimport@example.net",
        "möchte, dass Nachrichten weitergeleitet werden: Weiterleitung bestätigen",
    ]
    found = kind_of({}, "Bestätigung", lines, KNOWN)

    assert found is not None
    assert Kind.FORWARDING_CONFIRMATION == found.kind


def test_below_the_subject_weak_words_count_less() -> None:
    """An invoice or a newsletter's phrase stands in order mails, too."""
    subject = kind_of({}, "Unser Newsletter", [], KNOWN)
    body = kind_of({}, "Guten Tag", ["Unser Newsletter"], KNOWN)

    assert subject is not None
    assert body is None or body.strength < subject.strength


def test_paid_on_delivery() -> None:
    """'Contre remboursement' pays nothing back."""
    lines = ["Nouvelle commande 1042", "Paiement : Contre remboursement"]

    assert kind_of({}, "Nouvelle commande 1042", lines, KNOWN) is None
    refund = kind_of({}, "Remboursement de la commande 1042", ["Remboursement"], KNOWN)
    assert refund is not None
    assert "refund" == refund.name


@pytest.mark.parametrize(
    "subject",
    [
        "Neue Bestellung 7", "Auftrag 7 - Teeladen", "You have a new order", "Nouvelle commande", "Nuevo pedido",
        "Nuovo ordine", "Nieuwe bestelling", "Nova encomenda", "Nowe zamówienie", "Новый заказ", "新規ご注文", "新订单",
        "Re: Information on order 7",
    ],
)  # fmt: skip
def test_the_subject_of_an_order(subject: str) -> None:
    """It names an order, in each of the languages."""
    assert names_order(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "", "teeladen.example", "Mail from your website", "Neuer Eintrag im Gästebuch", "New comment: how to order tea",
        "Formular: Bestellung", "Neue Nachricht: Bestellung 7", "Neuer Formulareintrag", "Border collies",
        "Rückrufbitte zur Bestellung", "レビュー: 注文", "Новый отзыв о заказе",
    ],
)  # fmt: skip
def test_the_subject_of_what_visitors_write(subject: str) -> None:
    """A form, a comment, a guest book, or nothing that says so."""
    assert not names_order(subject)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False), ({"auto-submitted": "no"}, False), ({"auto-submitted": "auto-generated"}, True),
        ({"x-ms-exchange-generated-message-source": "Mailbox Rules Agent"}, True),
    ],
)  # fmt: skip
def test_sent_by_a_machine(headers: dict[str, str], expected: bool) -> None:
    """RFC 3834 5, and what Exchange writes into what its rules send."""
    assert expected == is_by_machine(headers)
