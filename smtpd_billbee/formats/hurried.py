"""Does somebody wait for this mail right now?  A quick look, without reading it: the reader says it for certain later.

Who sets up his shop, or lets his mailbox forward, sits before a page that asks for the code or the link of such a mail.
"""

import re

from smtpd_billbee.formats.header_words import readable

_LOOKED_AT = 16 * 1024  # bytes
_END = re.compile(rb"\r?\n\r?\n")
_SUBJECT = re.compile(rb"^subject:([^\n]{0,1000}(?:\n[ \t][^\n]{0,1000}){0,4})", re.IGNORECASE | re.MULTILINE)
_SENDERS = re.compile(rb"^from:[^\n]{0,300}\bforwarding-noreply@", re.IGNORECASE | re.MULTILINE)
_ASKS = re.compile(
    r"aktivier|freischalt|bestätigen|bestätigung ihrer e-?mail|e-?mail-?adresse|weiterleitung"
    r"|activat|verif|confirm (?:your|the|e-?mail)|e-?mail (?:address|confirmation)|forwarding"
    r"|confirmez|vérifi|adresse e-?mail|transfert|confirma tu|verific|reenvío|conferma il|inoltro|bevestig|doorsturen",
)
_ORDER = re.compile(
    r"bestell|auftrag|order|commande|pedido|ordine|zamówien|заказ|注文|订单|訂單|rechnung|invoice|versand|shipp"
)


def somebody_waits(content: bytes) -> bool:
    """Whether it looks like a mail that asks to confirm an address or a forwarding."""
    head = content[:_LOOKED_AT]
    end = _END.search(head)
    head = head[: end.start()] if end else head
    if _SENDERS.search(head):
        return True
    found = _SUBJECT.search(head)
    if found is None:
        return False
    subject = readable(found[1].decode("ascii", "surrogateescape")).casefold()
    return _ASKS.search(subject) is not None and _ORDER.search(subject) is None
