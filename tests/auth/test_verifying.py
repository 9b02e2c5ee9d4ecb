"""verify(): what a genuine mail proves, and what is said when something is missing."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pytest

from smtpd_billbee.model.evidence import Arc, Evidence, Result, Signature, Spf
from tests.auth.playing import AT, SERVFAIL, SHOP, Zone, key, mail, proved, sealed, signed, zone

OURS = "12345-jimdo-orderimport@inbound.example"


def test_a_genuine_mail() -> None:
    """Signed by the author's domain, brought by its server: everything is proved, and To is vouched for."""
    evidence = proved(signed(mail()), peer="192.0.2.1", sender=f"bounce@{SHOP}")

    assert (f"order@{SHOP}", SHOP) == (evidence.author, evidence.domain)
    assert Spf(Result.PASS, SHOP, aligned=True, sender=f"bounce@{SHOP}") == evidence.spf
    assert [(Result.PASS, SHOP, "s1", True)] == [_told(each) for each in evidence.signatures]
    assert (Result.PASS, "reject") == (evidence.dmarc, evidence.policy)
    assert (OURS,) == evidence.signed_recipients
    assert evidence.signed
    assert not evidence.unsettled


def _told(signature: Signature) -> tuple[Result, str, str, bool]:
    return signature.result, signature.domain, signature.selector, signature.aligned


def test_nothing_to_check() -> None:
    """Any bytes give an Evidence; of nothing, nothing is proved."""
    assert Result.NONE == proved(b"", sender="").spf.result
    assert () == proved(b"").signatures
    assert Result.PERMERROR == proved(b"\r\n\r\n").dmarc


@pytest.mark.parametrize("form", ["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple", "simple"])
def test_canonical_forms(form: str) -> None:
    """RFC 6376 3.4: each of the four forms, with blanks and folds where they differ."""
    raw = mail(body="a  b \t\r\n\r\n c\r\n\r\n\r\n", more="X-Folded: a\r\n\t b  \r\n")

    assert proved(signed(raw, names="from:subject:x-folded:x-absent:from", form=form)).signed


def test_signed_by_dkimpy() -> None:
    """A signature as dkimpy makes it, with From signed twice, so that nobody can add one."""
    raw = mail()
    header = dkim.sign(raw, b"s1", SHOP.encode(), key().pem, include_headers=[b"from", b"to", b"subject", b"from"])
    evidence = proved(header + raw, zone(), sender="")
    # It has signed today, which is later than the mail came; our clock stands still.

    assert [(Result.POLICY, "it is from the future")] == [(one.result, one.why) for one in evidence.signatures]


def test_line_ends_on_the_way() -> None:
    """A mail whose CRLFs became bare LFs is hashed as it was signed."""
    assert proved(signed(mail()).replace(b"\r\n", b"\n")).signed


@pytest.mark.parametrize(
    ("change", "expected", "why"),
    [
        (lambda raw: raw + b"more\r\n", Result.FAIL, "the body was changed"),
        (lambda raw: raw.replace(b"Subject: Order", b"Subject: Other"), Result.FAIL, "the signature does not fit"),
        (lambda raw: raw.replace(b"s=s1", b"s=s2"), Result.PERMERROR, "its domain publishes no such key"),
        (lambda raw: raw.replace(b"rsa-sha256", b"rsa-sha3"), Result.NEUTRAL, "its algorithm is not checked here"),
        (lambda raw: raw.replace(b"v=1", b"v=2"), Result.PERMERROR, "v= is not 1"),
        (lambda raw: raw.replace(b";\r\n b=", b"; b=a; b="), Result.PERMERROR, "its tags cannot be read"),
        (lambda raw: raw.replace(b"d=shop", b"d=sh\\op"), Result.PERMERROR, "d= or s= is not the name of a domain"),
        (lambda raw: raw.replace(b"; s=s1;", b"; s=s1; q=http;"), Result.PERMERROR, "its key is not in DNS"),
        (lambda raw: raw.replace(b"; s=s1;", b"; s=s1; i=@evil.example;"), Result.PERMERROR, "i= is outside of d="),
        (lambda raw: raw.replace(b"; s=s1;", b"; s=s1; t=9; x=8;"), Result.PERMERROR, "x= is before t="),
        (lambda raw: raw.replace(b"; s=s1;", b"; s=s1; x=soon;"), Result.PERMERROR, "x= is no number"),
        (lambda raw: raw.replace(b"; s=s1;", b"; s=" + b"a" * 20_000 + b";"), Result.PERMERROR, "it is too long"),
    ],
)  # fmt: skip
def test_a_signature_that_does_not_count(change, expected: Result, why: str) -> None:
    """Each says what is wrong with it."""
    (signature,) = proved(change(signed(mail()))).signatures

    assert (expected, why) == (signature.result, signature.why)


@pytest.mark.parametrize(
    ("record", "expected", "why"),
    [
        (b"v=DKIM1; p=", Result.PERMERROR, "the key was revoked"),
        (b"v=DKIM2; p=AA", Result.PERMERROR, "the key's record is of another version"),
        (b"k=ed25519; p=AA", Result.NEUTRAL, "the key is of the kind Ed25519"),
        (b"p=AAAA", Result.PERMERROR, "the key cannot be read"),
        (b"p=!!!", Result.PERMERROR, "the key cannot be read"),
        (b"nonsense", Result.PERMERROR, "the key's record cannot be read"),
        (b"v=DKIM1", Result.PERMERROR, "the record holds no key"),
        (b"s=tlsrpt; " + key().record, Result.PERMERROR, "the key is not meant for mail"),
        (b"h=sha1; " + key().record, Result.PERMERROR, "the key is not meant for SHA-256"),
        (key().record + b" " * 9000, Result.PERMERROR, "the key's record is too long"),
        (key(512).record, Result.FAIL, "the signature does not fit"),
    ],
)
def test_a_key_that_cannot_be_used(record: bytes, expected: Result, why: str) -> None:
    """RFC 6376 3.6.1: what a domain publishes has to be a key, for mail, and alive."""
    (signature,) = proved(signed(mail()), zone({f"s1._domainkey.{SHOP}": {"TXT": [record]}})).signatures

    assert (expected, why) == (signature.result, signature.why)


def test_a_key_that_takes_for_ever() -> None:
    """A key of a million bits would keep the verifier busy for minutes."""
    for numbers in ({"modulus": 2**9000 + 1}, {"publicExponent": 2**33 + 1}):
        record = _record(**(key().numbers | numbers))
        (signature,) = proved(signed(mail()), zone({f"s1._domainkey.{SHOP}": {"TXT": [record]}})).signatures

        assert "the key is of no usable size" == signature.why


def _record(**numbers: int) -> bytes:
    import base64

    from tests.auth.playing import _integer, _sequence

    packed = _sequence(_integer(numbers["modulus"]) + _integer(numbers["publicExponent"]))
    return b"p=" + base64.b64encode(packed)


def test_every_signature_is_checked() -> None:
    """A mailing service signs first, the shop behind it: both are there, and the shop's is told as aligned."""
    raw = signed(signed(mail()), "evil.example", with_key=key(seed=2))
    found = proved(raw).signatures

    assert [(Result.PASS, SHOP, True), (Result.PASS, "evil.example", False)] == [
        (each.result, each.domain, each.aligned) for each in found
    ]


def test_five_signatures_at_most() -> None:
    """A hundred strange ones in front neither take long nor hide the author's own."""
    raw = signed(mail())
    for number in range(100):
        raw = f"DKIM-Signature: v=1; a=rsa-sha256; d=a{number}.example; s=s; h=from; bh=AA==; b=AA==\r\n".encode() + raw
    dns = zone()
    evidence = proved(raw, dns)

    assert 5 == len(evidence.signatures)
    assert evidence.signed
    assert len(dns.asked) < 20


def test_dns_that_fails_is_no_failure() -> None:
    """Temporary errors are told as such everywhere, and the whole is unsettled."""
    raw = signed(mail())
    key_away = proved(raw, zone({f"s1._domainkey.{SHOP}": SERVFAIL}))
    spf_away = proved(raw, zone({SHOP: SERVFAIL}), sender=f"a@{SHOP}")
    policy_away = proved(raw, zone({f"_dmarc.{SHOP}": SERVFAIL}))

    assert (Result.TEMPERROR, Result.TEMPERROR) == (key_away.signatures[0].result, key_away.dmarc)
    assert (Result.TEMPERROR, Result.PASS) == (spf_away.spf.result, spf_away.dmarc)
    assert (Result.TEMPERROR, "") == (policy_away.dmarc, policy_away.policy)
    assert all(each.unsettled for each in (key_away, spf_away, policy_away))
    assert not proved(raw).unsettled


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, (Result.NONE, "")),
        ({f"_dmarc.{SHOP}": [b"v=DMARC1; p=none"]}, (Result.PASS, "none")),
        ({f"_dmarc.{SHOP}": [b"other", b"v=DMARC1;p=Quarantine;"]}, (Result.PASS, "quarantine")),
        ({f"_dmarc.{SHOP}": [b"v=DMARC1; p=none", b"v=DMARC1; p=reject"]}, (Result.NONE, "")),
        ({f"_dmarc.{SHOP}": [b"p=reject; v=DMARC1"]}, (Result.NONE, "")),
        ({f"_dmarc.{SHOP}": [b"v=DMARC1; p=everything"]}, (Result.NONE, "")),
        ({f"_dmarc.{SHOP}": [b"v=DMARC1; rua=mailto:a@b.example"]}, (Result.PASS, "none")),
        ({f"_dmarc.{SHOP}": [b"v=DMARC1; p=reject; adkim=s"]}, (Result.PASS, "reject")),
    ],
)
def test_policies(records: dict[str, list[bytes]], expected: tuple[Result, str]) -> None:
    """RFC 7489 6.3 and 6.6.3: one record, its first tag v, a policy that is known."""
    names = {f"_dmarc.{SHOP}": {}} | {name: {"TXT": texts} for name, texts in records.items()}
    evidence = proved(signed(mail()), zone(names))

    assert expected == (evidence.dmarc, evidence.policy)


def test_policies_for_subdomains() -> None:
    """The registered domain speaks for those below it: sp= if it says so, and strict alignment where it asks for it."""
    raw = signed(mail(f"order@mail.{SHOP}"))
    strict = proved(raw, zone({f"_dmarc.{SHOP}": {"TXT": [b"v=DMARC1; p=none; sp=reject; adkim=s"]}}))

    assert (Result.PASS, "reject") == (proved(raw).dmarc, proved(raw).policy)
    assert (Result.FAIL, "reject") == (strict.dmarc, strict.policy)
    assert strict.signed  # relaxed alignment is what a copy needs


def test_the_null_sender() -> None:
    """RFC 7208 2.4: without MAIL FROM the HELO name is asked about."""
    evidence = proved(mail(), peer="192.0.2.1", sender="", helo=SHOP)

    assert Spf(Result.PASS, SHOP, aligned=True) == evidence.spf


def test_an_attached_mail_speaks_for_itself() -> None:
    """Forwarded as an attachment, the original's bytes still carry its proof; as base64 .eml as well."""
    original = signed(mail())
    for forward in (_forwarded(original), _forwarded_as_file(original)):
        (found,) = proved(forward).originals

        assert (f"order@{SHOP}", SHOP, (OURS,)) == (found.author, found.domain, found.recipients)
        assert [(Result.PASS, True)] == [(each.result, each.aligned) for each in found.signatures]
    assert () == proved(forward.replace(b"owner@home.example", b"owner@home.example>")).signatures


def _forwarded(original: bytes) -> bytes:
    head = b"From: owner@home.example\r\nX-Sample: synthetic\r\nContent-Type: multipart/mixed; boundary=AAA\r\n\r\n"
    parts = b"--AAA\r\n\r\nsee below\r\n--AAA\r\nContent-Type: message/rfc822\r\n\r\n%b\r\n--AAA--\r\n"
    return head + parts % original


def _forwarded_as_file(original: bytes) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "owner@home.example"
    message.set_content("see below")
    message.add_attachment(original, "application", "octet-stream", filename="order.eml")
    return message.as_bytes()


def test_expired_before_it_came() -> None:
    """x= is compared with the arrival, not with the moment when we look."""
    raw = signed(mail(), tags=f" x={int((AT + timedelta(minutes=1)).timestamp())};")
    late = signed(mail(), tags=f" x={int((AT - timedelta(minutes=1)).timestamp())};")

    assert proved(raw).signed
    assert "it had expired when the mail came" == proved(late).signatures[0].why


def test_nothing_is_asked_twice_for_nothing() -> None:
    """An unsigned mail costs the SPF record and the policy."""
    dns = zone()
    proved(mail(), dns)

    assert [("evil.example", "TXT"), (f"_dmarc.{SHOP}", "TXT")] == dns.asked
    assert Evidence().spf.domain == ""


FORWARDER = key(seed=3)
PASSED = f"dkim=pass header.i=@{SHOP}; dmarc=pass (p=REJECT) header.from={SHOP}"


def _with_forwarder() -> Zone:
    return zone({"s1._domainkey.mail.test": {"TXT": [FORWARDER.record]}})


def test_passed_on_with_a_seal() -> None:
    """A mailbox changes the mail and says what it had proved before: its word is kept, and whose word it is."""
    changed = signed(mail()).replace(b"Order 1\r\n", b"Order 1\r\n-- footer\r\n")
    evidence = proved(sealed(changed, "mail.test", PASSED, FORWARDER), _with_forwarder())

    assert Arc(Result.PASS, "mail.test", Result.PASS, SHOP, (OURS,)) == evidence.arc
    assert (Result.FAIL, False, ()) == (evidence.dmarc, evidence.signed, evidence.signed_recipients)


def test_passed_on_twice() -> None:
    """The newest sealer answers for the chain; somebody behind it may not speak in its name."""
    first = sealed(signed(mail()), "mail.test", PASSED, FORWARDER)
    twice = sealed(first, "evil.example", "dmarc=pass header.from=shop.example", key(seed=2), before=1)
    found = proved(twice, _with_forwarder()).arc

    assert (Result.PASS, "evil.example") == (found.result, found.sealer)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + b"more\r\n",
        lambda raw: raw.replace(b"Subject: Order", b"Subject: Other"),
        lambda raw: raw.replace(b"dmarc=pass", b"dmarc=pasS"),
        lambda raw: raw.replace(b"cv=none", b"cv=pass"),
        lambda raw: raw.replace(b"d=mail.test", b"d=evil.example"),
        lambda raw: raw.replace(b" i=1; mail.test", b" i=2; mail.test"),
        lambda raw: b"ARC-Seal: i=2; a=rsa-sha256; cv=pass; d=mail.test; s=s1; b=AA==\r\n" + raw,
        lambda raw: raw[: raw.index(b"ARC-Auth")] + raw[raw.index(b"DKIM-Sig") :],
    ],
)
def test_a_broken_chain(change) -> None:
    """Whatever is changed behind a seal breaks it, and says nothing any more."""
    raw = sealed(signed(mail()), "mail.test", PASSED, FORWARDER)

    assert Result.PASS == proved(raw, _with_forwarder()).arc.result
    assert Arc(Result.FAIL) == proved(change(raw), _with_forwarder()).arc


@pytest.mark.parametrize(
    ("results", "expected", "domain"),
    [
        ("none", Result.NONE, ""),
        ("dmarc=pass", Result.PASS, ""),
        ("dmarc=fail (p=NONE) header.from=Shop.Example", Result.FAIL, SHOP),
        ("dmarc=bestguesspass header.from=shop.example", Result.NONE, ""),
        ("spf=pass (a; dmarc=pass header.from=shop.example) smtp.mailfrom=evil.example", Result.NONE, ""),
        ('spf=pass smtp.mailfrom="a; dmarc=pass header.from=shop.example; "@evil.example', Result.NONE, ""),
        ("dmarc=pass header.from=shop.example; dmarc=fail header.from=evil.example", Result.NONE, ""),
        ("dmarc=pass header.from=shop.example\\.evil.example", Result.PASS, ""),
    ],
)
def test_what_a_sealer_says(results: str, expected: Result, domain: str) -> None:
    """Its one answer about DMARC counts, wherever strangers' words stand beside it."""
    found = proved(sealed(mail(), "mail.test", results, FORWARDER), _with_forwarder()).arc

    assert Arc(Result.PASS, "mail.test", expected, domain, (OURS,)) == found


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(OURS.encode(), b"evil@evil.example").replace(
            b"Subject:", b"Cc: " + OURS.encode() + b"\r\nSubject:"
        ),
        lambda raw: raw.replace(b"To: " + OURS.encode(), b'To: "' + OURS.encode() + b'" <evil@evil.example>'),
        lambda raw: raw.replace(b"Subject:", b"To: evil@evil.example\r\nSubject:"),
    ],
)
def test_to_whom_a_sealed_mail_went(change) -> None:
    """Nothing but the one To that the sealer has signed says so: no Cc, no name, no second To."""
    found = proved(sealed(change(mail()), "mail.test", PASSED, FORWARDER), _with_forwarder()).arc

    assert Result.PASS == found.result
    assert OURS not in found.recipients


def test_too_many_seals() -> None:
    """More than ten sets are not looked into."""
    raw = mail()
    for before in range(11):
        raw = sealed(raw, "mail.test", "dmarc=pass", FORWARDER, before)

    assert Result.POLICY == proved(raw, _with_forwarder()).arc.result
    assert Result.PASS == proved(_without_newest(raw), _with_forwarder()).arc.result


def _without_newest(raw: bytes) -> bytes:
    return raw[raw.index(b"ARC-Seal", 1) :]


def test_dns_that_hides_a_seal() -> None:
    """A seal whose key cannot be had is no broken one."""
    evidence = proved(sealed(mail(), "mail.test", PASSED, FORWARDER), zone({"s1._domainkey.mail.test": SERVFAIL}))

    assert Arc(Result.TEMPERROR) == evidence.arc
    assert evidence.unsettled
