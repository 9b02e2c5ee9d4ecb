"""What sort of mail it is, when it is no order: told by headers, by the subject, and by the first sentences."""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from smtpd_billbee.model.reading import Kind
from smtpd_billbee.reader.words import Dictionary

FIRST_LINES = 12

# The dictionary's kind -> our kind and the sentence for a person.  The order counts: the first that fits wins.
_KINDS: Mapping[str, tuple[Kind, str]] = {
    "bounce": (Kind.OTHER, "it says that another mail could not be delivered"),
    "auto_reply": (Kind.OTHER, "it is an automatic answer"),
    "forwarding_confirmation": (Kind.FORWARDING_CONFIRMATION, "a mailbox asks to confirm that it may forward mails"),
    "activation": (Kind.ACTIVATION, "it asks to confirm a mail address"),
    "contact_form": (Kind.CONTACT_FORM, "it is a message from a contact form"),
    "cancellation": (Kind.OTHER, "it says that an order was cancelled"),
    "refund": (Kind.OTHER, "it says that money was paid back"),
    "return_request": (Kind.OTHER, "it is about goods that come back"),
    "payment_reminder": (Kind.OTHER, "it reminds of a payment"),
    "shipping_notice": (Kind.SHIPPING_NOTICE, "it says that an order was sent"),
    "payment_received": (Kind.OTHER, "it confirms a payment"),
    "invoice": (Kind.OTHER, "it brings an invoice"),
    "order_status": (Kind.OTHER, "it tells the new state of an order"),
    "abandoned_cart": (Kind.OTHER, "it is about a cart that was not ordered"),
    "review_request": (Kind.OTHER, "it asks for a review"),
    "password": (Kind.OTHER, "it is about an account or a password"),
    "own_purchase": (Kind.OTHER, "it thanks for what was bought at another shop"),
    "low_stock": (Kind.OTHER, "it is about goods in stock"),
    "quote_or_reply": (Kind.OTHER, "it is an offer, a question or an answer"),
    "newsletter": (Kind.OTHER, "it is an advertisement"),
}
# Phrases of these stand in order mails, too; below the subject they say nothing against an order.
WEAK = frozenset(
    {
        "invoice",
        "newsletter",
        "quote_or_reply",
        "password",
        "low_stock",
        "review_request",
        "payment_received",
        "abandoned_cart",
    }
)


@dataclass(frozen=True, slots=True)
class KindFound:
    """The kind, why, and how sure: 4 by headers, 3 by the subject, 2 by the first lines, 1 by the rest."""

    kind: Kind
    reason: str
    strength: int
    name: str = ""


def says_order(text: str, known: Dictionary) -> bool:
    """Whether the text speaks of a new order or its confirmation."""
    return "order_mail" in known.phrases.names_in(_folded(text))


def says_automatic(text: str, known: Dictionary) -> bool:
    """Whether the text says that a machine answers."""
    return "auto_reply" in known.phrases.names_in(_folded(text))


# The word for an order, or for what was sold, in each of the eleven languages.
_OF_ORDER = re.compile(
    r"bestel|auftrag|verkauf|\b(?:order|purchase|sale|sold|kauf|einkauf)|commande|\b(?:achat|vente)|pedido|encomenda"
    r"|\b(?:compra|venta|venda|vendid)|\bordin[ei]|\b(?:acquisto|vendita)|verkoop|aankoop|zam[oó]wieni|zakup|sprzeda"
    r"|заказ|покупк|продаж|注文|購入|受注|订单|訂單|订购|訂購|下单|購買",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"\S*(?:\s+\S+)?")
_IN_BRACKETS = re.compile(r"\[[^\]]{0,100}\]|【[^】]{0,100}】")
# What visitors of a site may write there themselves, and the site's own service mails on the owner.
_OF_VISITORS = re.compile(
    r"formular|\bkontakt(?:anfrage)?\b|(?<!be)nachricht|kommentar|g[äa]stebuch|eintrag|bewertung|newsletter|anmeldung|r[üu]ckruf|anfrage"
    r"|\bforms?\b|\bcontact\b|\bmessages?\b|\bcomment|guest\s?book|\bentry\b|review|subscri|sign-?up|enquiry|inquiry|call-?back"
    r"|frage\b|question|\bquery|consulta|pregunta|\bdemande|richiesta|domanda|\bvraag|aanvraag|beoordeling|pytani"
    r"|pergunta|d[úu]vida|avalia|opini|\bavis sur|formulaire|livre d.or|formul[aá]ri|mensaje|comentario|reseña"
    r"|libro de visitas|\bmodulo\b|messaggio|ospiti"
    r"|recension|formulier|\bbericht\b|reactie|gastenboek|mensagem|coment[aá]rio|wiadomo|komentarz|ksi[eę]g[aę] go"
    r"|\bформ[аыу]\b|сообщени|комментари|гостев|отзыв|\bвопрос|запрос|フォーム|メッセージ|コメント|レビュー|お問い合わせ|表单|表單|留言|评论|評論",
    re.IGNORECASE,
)


def names_order(subject: str) -> bool:
    """Whether the subject itself is that of an order, as only the shop writes it, and not of what visitors write.

    Behind the word for the order, and the word after it, stand names: 'New order from Contact Lenses'.
    """
    bare = _IN_BRACKETS.sub(" ", subject)  # '[Form & Farbe]': a shop's name
    found = _OF_ORDER.search(bare)
    following = _NEXT_WORD.match(bare, found.end()) if found else None
    return following is not None and not _OF_VISITORS.search(bare[: following.end()])


def _folded(text: str) -> str:
    text = text.casefold()
    is_wide = "  " in text or "\n" in text or "\t" in text
    return " ".join(text.split()) if is_wide else text


def kind_of(
    headers: Mapping[str, str], subject: str, lines: Sequence[str], known: Dictionary, weakly: bool = True
) -> KindFound | None:
    """What speaks against an order; `weakly`: also what stands far below, which a whole order outweighs."""
    if found := kind_of_headers(headers):
        return found
    if found := _by_beginning(subject):
        return found
    if found := _by_phrases(subject, known, 3):
        return found
    if _asks_to_forward(lines):
        return KindFound(*_KINDS["forwarding_confirmation"], 3, "forwarding_confirmation")
    if (found := _by_phrases(" ".join(lines[:FIRST_LINES])[:3000], known, 2)) or not weakly:
        return found
    return _by_phrases(" ".join(lines[FIRST_LINES:80])[:8000], known, 1)


_PREFIXES = re.compile(r"^(?:\s*(?:\[[^\]]{1,60}\]|[^\W\d_]{1,4}(?:\[\d\])?\s?[:：]|【[^】]{1,60}】))+\s*")


@functools.cache
def _beginnings() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("smtpd_billbee.reader") / "subjects.toml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(text).items()}


@functools.cache
def _first_words() -> tuple[str, ...]:
    return tuple(each for words in _beginnings().values() for each in words if not each.startswith("…"))


@functools.cache
def _last_words() -> tuple[str, ...]:
    return tuple(each[1:] for words in _beginnings().values() for each in words if each.startswith("…"))


def _by_beginning(subject: str) -> KindFound | None:
    """'Rechnung 118 zu Ihrer Bestellung', 'Bestellung 7 fehlgeschlagen': the beginning or the end says what it is."""
    bare = _folded(_PREFIXES.sub("", subject)).rstrip(" .!?")
    if not bare.startswith(_first_words()) and not bare.endswith(_last_words()):
        return None  # as nearly always
    for name, words in _beginnings().items():
        for each in words:
            if each.startswith("…"):
                if bare.endswith(each[1:]):
                    return KindFound(*_KINDS[name], 4, name)
            elif bare.startswith(each) and not (bare[len(each) : len(each) + 1].isalpha() and each[-1] < "\u3000"):
                return KindFound(*_KINDS[name], 4, name)
    return None


_IMPORT_ADDRESS = re.compile(r"(?<![\w.])[0-9]{1,12}-[a-z0-9]{2,20}-orderimport@", re.IGNORECASE)
_FORWARDING = re.compile(
    r"weiterleit|umleit|forward|transf[eé]r|redirig|redirec|reenv|reenc|inoltr|doorstu|przekaz|przekier|encaminh|пересыл|переадрес|転送|转发|轉寄|转寄",
    re.IGNORECASE,
)


def _asks_to_forward(lines: Sequence[str]) -> bool:
    """A mailbox that is to forward asks at our import address, and names it."""
    text = " ".join(lines[:60])[:6000]
    is_named = any(before[-11:].lower() == "orderimport" for before in text.split("@")[:-1])  # nearly never
    return bool(is_named and _IMPORT_ADDRESS.search(text) and _FORWARDING.search(text))


def kind_of_headers(headers: Mapping[str, str]) -> KindFound | None:
    """What the headers alone say: a bounce (RFC 6522), an automatic answer (RFC 3834)."""
    content = headers.get("content-type", "").casefold()
    if "multipart/report" in content or "report-type=delivery-status" in content:
        return KindFound(*_KINDS["bounce"], 4, "bounce")
    auto = headers.get("auto-submitted", "").casefold()
    if auto.startswith("auto-replied") or "x-autoreply" in headers or "x-autorespond" in headers:
        return KindFound(*_KINDS["auto_reply"], 4, "auto_reply")
    return None


_BY_MACHINE = (
    "x-ms-exchange-inbox-rules-loop", "x-ms-exchange-generated-message-source", "x-auto-response-suppress",
    "precedence",
)  # fmt: skip


def is_by_machine(headers: Mapping[str, str]) -> bool:
    """Whether a rule of a mailbox has sent it, and nobody himself (RFC 3834 5, and what is sent besides)."""
    auto = headers.get("auto-submitted", "no").strip().casefold()
    return not auto.startswith("no") or any(name in headers for name in _BY_MACHINE)


_ON_DELIVERY = re.compile(r"contre[- ]remboursement|contra[- ]?reembolso", re.IGNORECASE)  # no money is paid back


def _by_phrases(text: str, known: Dictionary, strength: int) -> KindFound | None:
    names = known.phrases.names_in(_folded(text))
    if "refund" in names:
        names = known.phrases.names_in(_folded(_ON_DELIVERY.sub(" ", text)))
    for name, (kind, reason) in _KINDS.items():
        if name in names:
            return KindFound(kind, reason, 1 if name in WEAK and strength == 2 else strength, name)
    return None
