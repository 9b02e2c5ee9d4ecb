"""verify(): what can be proved of one mail, as SPF, DKIM, DMARC and ARC say it."""

from dataclasses import replace
from datetime import datetime

from smtpd_billbee.auth import policies, seals, senders, signatures
from smtpd_billbee.auth.author import author_of
from smtpd_billbee.auth.domains import is_aligned
from smtpd_billbee.auth.lookup import Lookup
from smtpd_billbee.auth.message import Message
from smtpd_billbee.auth.signing import Hashed
from smtpd_billbee.formats.nested import nested_mails
from smtpd_billbee.model.evidence import Evidence, Original
from smtpd_billbee.model.mail import Delivery


def verify(raw: bytes, came: Delivery, lookup: Lookup) -> Evidence:
    """What is proved.  `raw` are the bytes as the client sent them; any bytes give an Evidence."""
    message = Message(raw)
    author, domain = author_of(message)
    claims = signatures.claims_in(message, domain)
    lookup.expect(_questions(message, came, domain, signatures.key_names(claims)))
    hashed = Hashed(message)
    spf = senders.check(came.peer, came.helo, came.sender, lookup)
    spf = replace(spf, aligned=is_aligned(spf.domain, domain))
    checked = [signatures.check(hashed, claim, domain, lookup, came.at) for claim in claims]
    found = tuple(each.signature for each in checked)
    dmarc, policy = policies.check(domain, spf, found, lookup)
    return Evidence(
        author=author,
        domain=domain,
        spf=spf,
        signatures=found,
        dmarc=dmarc,
        policy=policy,
        arc=seals.check(hashed, lookup),
        originals=tuple(_original(each, came.at, lookup) for each in nested_mails(raw)),
        signed_recipients=signatures.signed_recipients(message, checked),
    )


def _questions(message: Message, came: Delivery, domain: str, keys: list[str]) -> list[tuple[str, str]]:
    """What will be asked for certain, so that one wait is enough for most mails."""
    names = [*keys, *seals.key_names(message), *policies.names_for(domain)]
    if sender := senders.sender_domain(came.helo, came.sender):
        names.append(sender)
    return [(name, "TXT") for name in dict.fromkeys(names)]


def _original(raw: bytes, at: datetime, lookup: Lookup) -> Original:
    """A mail that hangs on this one: only its own signatures can speak for it."""
    message = Message(raw)
    author, domain = author_of(message)
    claims = signatures.claims_in(message, domain)
    lookup.expect([(name, "TXT") for name in signatures.key_names(claims)])
    hashed = Hashed(message)
    checked = [signatures.check(hashed, claim, domain, lookup, at) for claim in claims]
    recipients = signatures.signed_recipients(message, checked)
    return Original(author, domain, recipients, tuple(each.signature for each in checked))
