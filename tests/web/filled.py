"""A window with something of everything, for two accounts: for the tests and pictures of every page.

All of it is synthetic, and made by the real parts: mails come in and are read, files are imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import update

from smtpd_billbee.model.evidence import Evidence, Result
from smtpd_billbee.model.job import Delivered
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import Recipient
from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.model.trust import Believed, Mark, Sort
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.tables import mails
from smtpd_billbee.work import articles, importing, senders, teaching, views
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.importing import Wishes
from smtpd_billbee.work.origins import Origins
from smtpd_billbee.work.reading import ReadingRole
from tests.evidence import JIMDO, Played, dkim, spf
from tests.making import make_shop
from tests.web.asking import Window, now
from tests.web.mailing import keep, read, sample, try_copy

ADMIN = "admin@example.org"
SIGNED = Evidence(
    "bestellung@shopsystem.example", "shopsystem.example", spf("shopsystem.example", aligned=True),
    (dkim("shopsystem.example"),), Result.PASS, "reject",
)  # fmt: skip
UNSIGNED = Evidence(JIMDO, "jimdo.com", spf("mailer.example", result=Result.FAIL), (), Result.FAIL, "quarantine")
LABEL = TaughtLabel("de", "total", "Obolus")
HEAD = "Nr.,Artikel-Nr.,Bestell-Datum,Bezahlmethode,Artikel,Einzelpreis Brutto,Versandkosten Brutto,MwSt. %,Anzahl,"
HEAD += "Preis Brutto,Währung,Rechn. Nachname,Rechn. Vorname,Rechn. Straße,Rechn. Postleitzahl,Rechn. Stadt,Rechn. Land"
ROW = '{},TEE-1,02.05.2024,PayPal,{},"9,90","4,90",19,1,"9,90",EUR,Muster,Lea,Ringstraße 5,10115,Berlin,Deutschland'


@dataclass
class Side:
    """One account: who belongs to it, and the numbers of what is its own."""

    shop: int
    name: str
    title: str  # of its articles
    stray: str  # of an item without article
    sign: str  # its orders' numbers begin with it
    people: Mapping[UserRole, str]
    account: int = 0
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The account's own address."""
        return self.people[UserRole.OWNER]

    @property
    def words(self) -> Sequence[str]:
        """What nobody else may ever see."""
        address = f"{self.shop}-jimdo-orderimport"
        return (self.name, self.title, self.stray, f"{self.sign}-1", *self.people.values(), address)


def _side(shop: int, name: str, title: str, stray: str, sign: str, host: str) -> Side:
    roles = (UserRole.OWNER, UserRole.CLERK, UserRole.READER)
    return Side(shop, name, title, stray, sign, {role: f"{role.value}@{host}" for role in roles})


def two_sides() -> tuple[Side, Side]:
    """The account that is looked at, and the foreign one."""
    return (
        _side(12345, "Teeladen am Markt", "Ostfriesentee", "Geschenkpapier rot", "T26", "teeladen.example"),
        _side(54321, "Fremdladen", "Fremdtasse", "Fremdpapier", "F26", "fremdladen.example"),
    )


async def fill(window: Window, *sides: Side) -> None:
    """Everything for each of them, and an administrator."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    for side in sides:
        await make_shop(window.store, ShopRules(name=side.name), side.shop, side.email)
        for role, email in side.people.items():
            side.ids[f"user {role.value}"] = (await window.user(email, role, side.email)).id
        side.ids["user"] = side.ids[f"user {UserRole.READER.value}"]
        async with window.store.reading() as tx:
            shops = await tx.shops.some([side.shop])
        side.account = shops[side.shop].account_id
        await teaching.teach(window.store, LABEL, side.shop, side.email, now())
        await _mails(window, side)
        await _import(window, side)
        await _sales(window, side)
        await _numbers(window, side)


async def _mails(window: Window, side: Side) -> None:
    """Of every fate.  The first two copies were refused, the others are delivered."""
    to = Recipient(f"{side.shop}-jimdo-orderimport@inbound.example", side.shop, "jimdo")
    names = ("u_nonumber-de-01", "s_woo_html-de-01")
    failed = [await keep(window.store, sample(name), to) for name in names]
    await try_copy(window.store)
    more = ("s_x_total-de-01", "n_activation-de-01", "u_nototal-de-02", "s_shopify_html-de-02", "n_newsletter-de-01")
    others = [await keep(window.store, sample(name), to) for name in more]
    await try_copy(window.store, Delivered("250 2.0.0 kept"))
    await read(window, *failed, *others)
    held = [await keep(window.store, sample(name), to) for name in ("s_bigcommerce-en-01", "s_divcards-de-01")]
    await _judge(window, {held[0]: SIGNED, held[1]: UNSIGNED})
    await try_copy(window.store, Delivered("250 2.0.0 kept"))
    others += held
    by = side.email
    await senders.allow(window.store, side.shop, "lager@versand.example", by, now())
    await senders.renew_secret(window.store, side.shop, by, now())
    async with window.store.transaction() as tx:
        await tx.trust.learn(side.shop, [Mark(Sort.HOST, f"shop-{side.sign.lower()}.example")], by, now())
        side.ids["mark"] = (await tx.trust.marks(side.shop))[0].id
        for back, mail_id in enumerate(reversed([*failed, *others])):
            when = now() - timedelta(hours=3 * back)
            await tx.connection.execute(update(mails).where(mails.c.id == mail_id).values(received_at=when))
        kept = {mail.id: mail for mail in await tx.mails.list(side.shop)}
    side.ids |= {
        "unreadable": failed[0], "mail": failed[1], "html mail": failed[1], "quarantined": held[0], "unproved": held[1],
        "activation": others[1], "read order": kept[failed[1]].order_id or 0,
        "doubtful": kept[others[0]].order_id or 0,
    }  # fmt: skip


async def _judge(window: Window, said: Mapping[int, Evidence]) -> None:
    """Let the reader have mails of which so much is proved."""
    origins = Origins(Believed(), ["inbound.example"])
    role = ReadingRole(window.store, window.hands.readers, now, Bell(), proofs=Played(said), origins=origins)
    await role.reread(list(said))


async def _sales(window: Window, side: Side) -> None:
    """Four weeks of orders: states, payments and countries of many kinds; a title that is not its SKU's, strays."""
    cup = Item(side.title, Decimal(2), "TEE-1", unit_price=Decimal("9.90"), total=Decimal("19.80"))
    other = Item(f"{side.title} (Dose)", Decimal(1), "tee-1", total=Decimal("12.50"))
    pot = Item("Teekanne Gusseisen 1,2 l", Decimal(1), "KAN-12", unit_price=Decimal("64.00"), total=Decimal("64.00"))
    stray = Item(side.stray, Decimal(3), total=Decimal("9.00"))
    whos = (
        ("Anna", "Beispiel", "DE"), ("Jonas", "Muster", "AT"), ("Łucja", "Przykładowa", "PL"), ("Emil", "Probe", "CH"),
        ("Marie-Luise", "von Beispiel-Musterfrau", "DE"),
    )  # fmt: skip
    for number in range(1, 41):
        first, last, country = whos[number % len(whos)]
        items = [(cup,), (cup, pot), (pot, stray), (other, cup)][number % 4]
        address = Address(
            first_name=first, last_name=last, street="Lindenweg", house_number=str(number), postcode="12345",
            city="Musterstadt", country=country, email=f"kundschaft{number}@example.com",
        )  # fmt: skip
        at = (now().astimezone() - timedelta(hours=17 * (41 - number) - 16)).replace(tzinfo=None).isoformat()[:16]
        total = sum((item.total or Decimal(0) for item in items), Decimal("4.90"))
        order = Order(
            f"{side.sign}-{1000 + number}", ordered_at=at, currency="EUR", payment_type=(3, 59, 26, 31)[number % 4],
            payment_method=("PayPal", "Vorkasse", "Rechnung", "Kreditkarte")[number % 4], total=total, items=items,
            shipping_cost=Decimal("4.90"), billing_address=address,
        )  # fmt: skip
        async with window.store.transaction() as tx:
            found = await tx.articles.of_items(side.account, side.shop, items, now())
            state = (1, 3, 4, 13)[number % 4] if number < 36 else 1
            values = {
                "state": state,
                "to_check": False,
                "provenance": {},
                "tags": ["Geschenk"] if number % 7 == 0 else [],
            }
            side.ids["order"] = await tx.orders.add(side.shop, order, found, values, now())


async def _import(window: Window, side: Side) -> None:
    """A file of the shop's orders."""
    content = order_file(side, 1, 2)
    wishes = Wishes(importing.VatMode(0), "Jimdo", allow_duplicates=False)
    done = await importing.import_file(window.store, content, f"{side.sign}.csv", side.shop, wishes, side.email, now())
    side.ids["run"] = done.run_id or 0


def order_file(side: Side, *numbers: int) -> bytes:
    """Orders in Jimdo's layout."""
    rows = [ROW.format(f"{side.sign}-{number}", side.title) for number in numbers]
    return "\r\n".join([HEAD, *rows]).encode()


async def _numbers(window: Window, side: Side) -> None:
    """What the store made of all this."""
    async with window.store.reading() as tx:
        side.ids["article"] = (await tx.article_lists.page(side.account, "TEE-1"))[0].id
        side.ids["pot"] = (await tx.article_lists.page(side.account, "KAN-12"))[0].id
        owner = await tx.users.by_email(side.people[UserRole.OWNER])
    assert owner is not None
    await views.save(window.store, owner, "Offene", "filter=state__in=1", now())
    await articles.give_title(window.store, side.account, "Kordel", side.ids["pot"], side.email, now())
    async with window.store.reading() as tx:
        side.ids["bound title"] = (await tx.article_lists.bound_titles(side.ids["pot"]))[0].id
        side.ids["view"] = (await tx.saved_views.of_user(owner.id))[0].id
        side.ids["other title"] = (await tx.article_lists.other_titles(side.account))[0].id
        side.ids["item"] = (await tx.article_lists.stray_items(side.account, side.stray, 1))[0].id
