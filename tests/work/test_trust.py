"""The level of a mail, and what its shop does with it (mail.md 6.2), from evidence made by hand."""

from dataclasses import replace

import pytest

from smtpd_billbee.model.evidence import Arc, Evidence, Result
from smtpd_billbee.model.trust import (
    Act,
    Believed,
    Facts,
    Judged,
    KnownShop,
    Level,
    Mark,
    Policy,
    Sort,
    Verdict,
    judged_as_json,
    judged_of_json,
)
from smtpd_billbee.work.trust import (
    NO_SECRET,
    NOT_KNOWN,
    NOT_SENT_ON,
    NOT_TITLED,
    NOTHING,
    OTHER_SHOP,
    OTHER_SITE,
    WRONG_SECRET,
    host_of,
    is_within,
    verdict,
)
from smtpd_billbee.work.trust import STRANGER as DOES_NOT_KNOW
from tests.evidence import (
    FACTS,
    HOST,
    JIMDO,
    LEARNING,
    OWNER,
    SETTLED,
    by_gmail,
    by_hand,
    by_mailbox,
    direct,
    dkim,
    named,
    spf,
    with_original,
)

SEEN_BETTER = replace(SETTLED, best=Level.A)
STRANGER = "x@stranger.example"
SIGNED_STRANGER = Evidence(
    STRANGER, "stranger.example", spf("stranger.example", aligned=True), (dkim("stranger.example"),), Result.PASS
)


def judge(evidence: Evidence, shop: KnownShop = LEARNING, facts: Facts = FACTS) -> Verdict:
    return verdict(evidence, facts, shop, Believed())


@pytest.mark.parametrize(
    ("evidence", "facts", "level"),
    [
        (direct(), FACTS, "A"),
        (direct(OWNER), FACTS, "A"),
        (direct("info@other.example"), FACTS, "A"),  # its site is the shop's
        (by_gmail(), FACTS, "B"),
        (with_original(), replace(FACTS, is_original=True), "B"),
        (by_hand(), named(), "C"),
        (by_mailbox(), FACTS, "D"),
        (Evidence(JIMDO, "jimdo.com", spf("jimdo.com", aligned=True), (), Result.PASS), FACTS, "D"),
        (direct("info@other.example"), named(), "D"),  # nothing says whose shop's it is
        (direct(OWNER), named("other.example"), "D"),  # another shop's
        (direct(), named("other.example"), "D"),  # another shop's mail to a customer with our address
        (SIGNED_STRANGER, FACTS, "E"),
        (Evidence(), FACTS, "E"),
        (Evidence(), replace(FACTS, is_of_here=True), "D"),
    ],
)
def test_levels(evidence: Evidence, facts: Facts, level: str) -> None:
    """Each way that a genuine mail comes has the level that mail.md gives it."""
    assert level == judge(evidence, SETTLED, facts).level


@pytest.mark.parametrize(
    "evidence",
    [
        by_gmail(dmarc=Result.FAIL),  # Gmail saw a forgery
        by_gmail(sealer="stranger.example"),  # anybody can seal
        by_gmail(sealer="notgoogle.com"),
        with_original(result=Result.FAIL),
        by_hand(dmarc=Result.FAIL),
        by_hand(author="somebody@mailbox.example"),  # another one at the owner's mail service
        by_mailbox("stranger.example"),  # SPF of whoever he is
        replace(direct(), author="", domain=""),  # two authors
        replace(direct(), signatures=(dkim(aligned=False),), spf=spf("x.example"), dmarc=Result.FAIL),
        replace(direct(), signatures=(dkim(result=Result.POLICY),), spf=spf("x.example"), dmarc=Result.FAIL),
        Evidence(JIMDO, "jimdo.com", arc=Arc(Result.FAIL, "google.com", Result.PASS, "jimdo.com")),
    ],
)
def test_nothing_is_proved(evidence: Evidence) -> None:
    """What a forger can do himself is level E, and never makes an order by itself, in a new shop or an old one."""
    facts = replace(FACTS, is_original=True)
    found = [judge(evidence, shop, facts) for shop in (LEARNING, SETTLED, SEEN_BETTER)]

    assert [(Level.E, Act.QUARANTINE)] * 3 == [(each.level, each.act) for each in found]
    assert {each.why for each in found} <= {NOTHING, DOES_NOT_KNOW}


def test_a_forged_text_beside_a_genuine_original() -> None:
    """An original proves itself, and nothing of what stands beside it."""
    assert Level.E == judge(with_original(), SETTLED, replace(FACTS, is_original=False)).level


def test_an_import_address_of_another_shop_is_not_ours() -> None:
    """A mail that is signed for a shop next door stays there; so does one for another installation."""
    theirs = [direct("54321-jimdo-orderimport@inbound.example"), direct("12345-jimdo-orderimport@elsewhere.example")]

    assert [Level.D, Level.D] == [judge(each, SETTLED, named()).level for each in theirs]


def test_server_alone_passes_marked_until_better_is_seen() -> None:
    """D is imported with a mark in a new shop; in one that has seen better, it waits (mail.md 6.2, 2)."""
    assert [Act.MARK, Act.QUARANTINE] == [judge(by_mailbox(), shop).act for shop in (LEARNING, SEEN_BETTER)]


def test_another_shops_genuine_mail_waits() -> None:
    """Everybody may have a shop at Jimdo: its signature alone is no order of ours."""
    found = judge(direct(OWNER), SETTLED, named("other.example"))

    assert (Level.D, Act.QUARANTINE, OTHER_SHOP) == (found.level, found.act, found.why)


@pytest.mark.parametrize(
    ("policy", "acts"),
    [
        (Policy.PROVED, [Act.IMPORT, Act.QUARANTINE, Act.QUARANTINE]),
        (Policy.MARKED, [Act.IMPORT, Act.MARK, Act.MARK]),
        (Policy.EVERYBODY, [Act.IMPORT, Act.IMPORT, Act.IMPORT]),
    ],
)
def test_policies(policy: Policy, acts: list[Act]) -> None:
    """The shop's own rule for what is not proved."""
    shop = replace(SEEN_BETTER, policy=policy)

    assert acts == [judge(each, shop).act for each in (direct(), by_mailbox(), Evidence())]


def test_dns_that_is_dead_makes_no_order() -> None:
    """A temporary error waits; then what is known counts.  What is proved already does not wait."""
    unsettled = Evidence(JIMDO, "jimdo.com", signatures=(dkim(result=Result.TEMPERROR),), dmarc=Result.TEMPERROR)
    proved = replace(direct(), dmarc=Result.TEMPERROR)
    early = replace(FACTS, is_final=False)

    assert (Act.WAIT, Act.QUARANTINE) == (judge(unsettled, facts=early).act, judge(unsettled).act)
    assert [Act.MARK, Act.IMPORT] == [judge(proved, shop, early).act for shop in (LEARNING, SETTLED)]
    assert Act.IMPORT == judge(unsettled, replace(LEARNING, policy=Policy.EVERYBODY), early).act


def test_an_allowed_sender() -> None:
    """Whom the owner has allowed is imported if he is who he says; trusting him is what the verdict had offered."""
    offered = judge(SIGNED_STRANGER).trusts
    shop = replace(SEEN_BETTER, marks=SEEN_BETTER.marks | set(offered))
    forged = Evidence(STRANGER, "stranger.example", spf("evil.example"), dmarc=Result.FAIL)

    assert ((Mark(Sort.ADDRESS, STRANGER),), DOES_NOT_KNOW) == (offered, judge(SIGNED_STRANGER).why)
    assert (Level.D, Act.IMPORT) == (judge(SIGNED_STRANGER, shop).level, judge(SIGNED_STRANGER, shop).act)
    assert (Level.E, Act.QUARANTINE) == (judge(forged, shop).level, judge(forged, shop).act)


def test_an_allowed_domain() -> None:
    """A domain stands for its addresses and those below it, each of them proved."""
    shop = replace(SEEN_BETTER, marks=frozenset({Mark(Sort.DOMAIN, "stranger.example")}))
    below = Evidence("x@a.stranger.example", "a.stranger.example", signatures=(dkim("stranger.example"),))

    assert [Act.IMPORT, Act.IMPORT] == [judge(each, shop).act for each in (SIGNED_STRANGER, below)]
    assert Act.QUARANTINE == judge(replace(below, signatures=()), shop).act
    assert Act.QUARANTINE == judge(replace(SIGNED_STRANGER, author="x@notstranger.example",
                                           domain="notstranger.example"), shop).act  # fmt: skip


def test_yes_to_a_mailbox_that_breaks_signatures() -> None:
    """What is bound then is the author, the one mailbox and the shop's site, all three."""
    offered = judge(by_mailbox()).trusts
    shop = replace(SEEN_BETTER, marks=frozenset(offered))
    others = by_mailbox("stranger.example"), by_mailbox(sender="somebody")

    assert (Mark(Sort.ADDRESS, JIMDO, OWNER), Mark(Sort.HOST, HOST)) == offered
    assert [Act.IMPORT, Act.QUARANTINE, Act.QUARANTINE] == [judge(each, shop).act for each in (by_mailbox(), *others)]
    assert Act.QUARANTINE == judge(by_mailbox(), shop, named("other.example")).act
    assert Act.QUARANTINE == judge(by_mailbox(), shop, named()).act


@pytest.mark.parametrize("sender", ["SRS0=Zx1=TT=jimdo.com=bounce", "prvs=0123456789=owner"])
def test_a_mailbox_that_is_another_one_each_time(sender: str) -> None:
    """A MAIL FROM that the forwarder makes anew for each mail stands for nobody: the next one could be anybody's."""
    assert () == judge(by_mailbox(sender=sender.lower())).trusts


def test_yes_to_a_mail_that_only_a_server_proves() -> None:
    """Jimdo's SPF lets in whoever shares its mail service: a yes to one such mail lets no other one in."""
    by_server = Evidence(JIMDO, "jimdo.com", spf("jimdo.com", aligned=True), (), Result.PASS)
    shop = replace(SEEN_BETTER, marks=frozenset(judge(direct()).trusts))

    assert () == judge(by_server).trusts
    assert (Level.D, Act.QUARANTINE) == (judge(by_server, shop).level, judge(by_server, shop).act)


def test_a_subject_that_is_no_orders() -> None:
    """Jimdo signs what visitors write into its forms, too: without an order's subject a person looks, always."""
    secret = replace(FACTS, is_titled=False, recipient="12345-jimdo-orderimport+abcdefghjkmn@inbound.example")
    shop = replace(SETTLED, secret="abcdefghjkmn", marks=SETTLED.marks | set(judge(direct()).trusts))
    found = [judge(direct(), shop, facts) for facts in (replace(FACTS, is_titled=False), secret)]

    assert [(Level.A, Act.MARK, NOT_TITLED)] * 2 == [(each.level, each.act, each.why) for each in found]


def test_an_owner_who_has_not_sent_it_on() -> None:
    """His mailbox answers by itself and quotes a stranger's mail: proved, and not his order."""
    found = judge(by_hand(), SETTLED, replace(FACTS, is_sent_on=False))

    assert (Level.C, Act.MARK, NOT_SENT_ON) == (found.level, found.act, found.why)


def test_yes_to_a_genuine_mail_whose_shop_was_not_known() -> None:
    """The site and the signed recipients are the shop's from then on."""
    mail, facts = direct("info@teeladen.example"), named()
    before = judge(mail, LEARNING, facts)
    after = judge(mail, replace(LEARNING, marks=frozenset(before.trusts)), facts)

    assert (Level.D, Act.MARK) == (before.level, before.act)
    assert Mark(Sort.RECIPIENT, "info@teeladen.example") in before.trusts
    assert (Level.A, Act.IMPORT) == (after.level, after.act)


def test_nobody_is_trusted_who_proved_nothing() -> None:
    """One click may accept such a mail, but nothing could tell the next one from a forgery."""
    assert () == judge(Evidence(STRANGER, "stranger.example")).trusts == judge(Evidence()).trusts


def test_a_new_shop_asks_once() -> None:
    """Everybody can have a shop at Jimdo whose orders go to our address: a person says that it is ours, or its site."""
    first = judge(direct())
    after = replace(LEARNING, marks=frozenset(first.trusts))

    assert (Level.A, Act.MARK, NOT_KNOWN) == (first.level, first.act, first.why)
    assert (Mark(Sort.ADDRESS, JIMDO), Mark(Sort.HOST, HOST)) == first.trusts
    assert [Act.IMPORT, Act.IMPORT] == [judge(direct(), shop).act for shop in (after, SETTLED)]
    assert [Act.MARK] * 2 == [judge(each, facts=replace(FACTS, is_original=True)).act
                              for each in (by_gmail(), with_original())]  # fmt: skip
    assert Act.IMPORT == judge(by_hand()).act


@pytest.mark.parametrize(
    ("evidence", "facts"),
    [
        (direct(), named("other.example")),  # its shop's orders are mailed to our address
        (direct(OWNER), named("other.example")),
        (direct(), named(HOST, "other.example")),  # and its texts name our site
        (by_gmail(), named(HOST, "other.example")),
        (with_original(), replace(named(HOST, "other.example"), is_original=True)),
        (direct(), named()),  # it names no site, ours do
        (by_gmail(), named()),
        (direct(), replace(FACTS, is_own=False)),  # a file that somebody sent by our contact form
        (by_gmail(), replace(FACTS, is_own=False)),
        (replace(by_hand(), signatures=()), FACTS),  # SPF alone: any customer of the owner's mail service
    ],
)
def test_genuine_mails_that_are_not_ours(evidence: Evidence, facts: Facts) -> None:
    """A trusted domain has signed them, or the owner's server brought them, and yet no order comes in unasked."""
    acts = [judge(evidence, each, facts).act for each in (SETTLED, SEEN_BETTER)]

    assert Act.IMPORT not in acts
    assert Act.QUARANTINE == acts[1]


def test_links_to_pages_of_jimdo_are_asked_about_once() -> None:
    """The shop's site is known and its mails link to others, too: the first yes says which; a later one is a doubt."""
    facts = named(HOST, "help.jimdo.com", "https://www.jimdo.com/x")
    first = judge(direct(), SETTLED, facts)
    after = replace(SETTLED, marks=SETTLED.marks | set(first.trusts))
    later = judge(direct(), after, named(HOST, "other.example"))

    assert (Level.A, Act.MARK) == (first.level, first.act)
    assert Act.IMPORT == judge(direct(), after, facts).act == judge(direct(), after).act
    assert (Level.D, Act.QUARANTINE, OTHER_SITE) == (later.level, later.act, later.why)


def test_whoever_knows_the_secret_is_not_asked() -> None:
    """Jimdo's signed mail to the address with the secret: nobody else could have had it sent there."""
    shop = replace(LEARNING, secret="abcdefghjkmn")
    facts = replace(FACTS, recipient="12345-jimdo-orderimport+abcdefghjkmn@inbound.example")

    assert (Level.A, Act.IMPORT) == (judge(direct(), shop, facts).level, judge(direct(), shop, facts).act)
    assert Act.MARK == judge(direct(), shop).act


def test_the_secret() -> None:
    """The right one lets an unproved mail in, marked; a wrong one is as none, and is said."""
    shop = replace(SEEN_BETTER, secret="abcdefghjkmn")
    right, wrong = (Facts(f"12345-jimdo-orderimport+{each}@inbound.example") for each in ("ABCDEFGHJKMN", "abc"))

    assert Act.MARK == judge(Evidence(), shop, right).act
    assert (Act.QUARANTINE, True) == (judge(Evidence(), shop, wrong).act,
                                      WRONG_SECRET in judge(Evidence(), shop, wrong).proofs)  # fmt: skip
    assert Act.IMPORT == judge(direct(), shop, replace(wrong, sites=FACTS.sites, is_own=True, is_titled=True)).act


def test_only_with_the_secret() -> None:
    """Then even Jimdo's own mail waits at the plain address, whatever the policy."""
    shop = replace(SETTLED, secret="abcdefghjkmn", only_with_secret=True, policy=Policy.EVERYBODY)
    right, wrong = (Facts(f"12345-jimdo-orderimport+{each}@inbound.example") for each in ("abcdefghjkmn", "abc"))

    assert (Act.QUARANTINE, NO_SECRET) == (judge(direct(), shop).act, judge(direct(), shop).why)
    assert (Act.QUARANTINE, WRONG_SECRET) == (judge(direct(), shop, wrong).act, judge(direct(), shop, wrong).why)
    assert Act.IMPORT == judge(direct(), shop, replace(right, sites=FACTS.sites, is_own=True, is_titled=True)).act


def test_kept_and_read_back() -> None:
    """How a mail was judged is the same after it was in the database."""
    found = judge(by_mailbox())

    assert Judged(found, "owner@example.org") == judged_of_json(judged_as_json(Judged(found, "owner@example.org")))
    assert judged_of_json(None) is None


def test_hosts_and_domains() -> None:
    """One host, however a mail writes it; a domain's neighbour by letters is not below it."""
    sites = ("https://www.Shop.example/x?y", "shop.example:443", "www.shop.example.", "SHOP.example")

    assert {"shop.example"} == {host_of(site) for site in sites}
    assert [True, True, False, False] == [
        is_within(each, ("jimdo.com",)) for each in ("jimdo.com", "mail.Jimdo.com.", "notjimdo.com", "")
    ]
