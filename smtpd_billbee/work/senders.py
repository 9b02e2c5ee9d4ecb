"""Who may send a shop's orders: allowed by hand, forgotten again; and the secret in its address.  Each is noted."""

import re
import secrets
from datetime import datetime

from smtpd_billbee.auth.domains import organisation
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.formats.addresses import is_host, read_path
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.shop import Shop
from smtpd_billbee.model.trust import Believed, Mark, Sort
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.trust import host_of, is_within

# 12 of 32 signs are 60 bits; without those that look like others (0 and o, 1 and l).
SIGNS, LENGTH = "23456789abcdefghijkmnpqrstuvwxyz", 12
# Mail services where everybody can have an address: their domain says nothing of who writes.
OPEN_TO_ALL = frozenset({
    "gmail.com", "googlemail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de",
    "freenet.de", "mail.de", "posteo.de", "mailbox.org", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de",
    "live.com", "live.de", "msn.com", "yahoo.com", "yahoo.de", "aol.com", "aol.de", "icloud.com", "me.com",
    "bluewin.ch", "a1.net", "1und1.de", "online.de", "arcor.de", "vodafone.de", "proton.me", "protonmail.com",
})  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def mark_of(words: str) -> Mark:
    """'orders@shop.example', 'shop.example', '@shop.example', or a site 'https://shop.example', as what the shop will
    know.  Raises Refused.
    """
    words = words.strip().lower()
    if "://" in words:
        return site_mark(words)
    if is_within(words.removeprefix("@").rpartition("@")[2], Believed().domains):
        raise Refused(
            f"everybody can have a shop there; instead of {words} name your shop's site, like https://shop.example"
        )
    if _EMAIL.fullmatch(words) and (path := read_path(f"<{words}>")) and path.address == words:
        return Mark(Sort.ADDRESS, words)
    domain = words.removeprefix("@")
    if not is_host(domain) or "." not in domain:
        raise Refused(f"{words!r} is neither an address nor a domain")
    if not organisation(domain):
        raise Refused(f"anybody can have a domain below {domain}; name the sender's own")
    if domain in OPEN_TO_ALL:
        raise Refused(f"everybody can have an address at {domain}; write the whole address")
    return Mark(Sort.DOMAIN, domain)


def site_mark(words: str) -> Mark:
    """'https://www.shop.example/tea' or 'shop.example' as the site that a shop's mails name.  Raises Refused."""
    host = host_of(words.strip())
    if not is_host(host) or "." not in host:
        raise Refused(f"{words!r} is no address of a site")
    if host in Believed().domains or not organisation(host):
        raise Refused(f"{host} is not one shop's site; name yours, like https://shop.example")
    return Mark(Sort.HOST, host)


async def allow(store: Store, shop_id: int, words: str, actor: str, now: datetime) -> Mark:
    """Let this sender's mails in, whenever they are proved to be his, or those of Jimdo that name this site.

    Raises NoSuchThing, Refused.
    """
    return await know(store, shop_id, mark_of(words), actor, now)


async def know(store: Store, shop_id: int, mark: Mark, actor: str, now: datetime) -> Mark:
    """The shop knows its mails by this, too, from now on.  Raises NoSuchThing."""
    async with store.transaction() as tx:
        shop = await _shop(tx, shop_id)
        await tx.trust.learn(shop_id, [mark], actor, now)
        await _note(tx, shop, "sender allowed", {str(mark.sort): mark.value}, actor, now)
    return mark


async def forget(store: Store, shop_id: int, mark_id: int, actor: str, now: datetime) -> Mark:
    """Know a sender, a site or a recipient no more.  Raises NoSuchThing."""
    async with store.transaction() as tx:
        shop = await _shop(tx, shop_id)
        mark = await tx.trust.forget(shop_id, mark_id)
        if mark is None:
            raise NoSuchThing("that sender is not known any more")
        await _note(tx, shop, "sender forgotten", {str(mark.sort): mark.value}, actor, now)
    return mark


async def renew_secret(store: Store, shop_id: int, actor: str, now: datetime) -> str:
    """Another secret for the shop's address, or its first one; the old one is wrong from then on."""
    secret = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    async with store.transaction() as tx:
        shop = await _shop(tx, shop_id)
        await tx.shops.set_secret(shop_id, secret)
        await _note(tx, shop, "secret made", {"again": shop.secret is not None}, actor, now)  # never the secret itself
    return secret


async def drop_secret(store: Store, shop_id: int, actor: str, now: datetime) -> None:
    """The plain address is the only one again.  Raises Refused while the shop takes orders with the secret only."""
    async with store.transaction() as tx:
        shop = await _shop(tx, shop_id)
        if shop.rules.only_with_secret:
            raise Refused("this shop takes orders with its secret only; change that first")
        await tx.shops.set_secret(shop_id, None)
        await _note(tx, shop, "secret dropped", {}, actor, now)


async def _shop(tx: Tx, shop_id: int) -> Shop:
    shop = await tx.shops.get(shop_id)
    if shop is None:
        raise NoSuchThing(f"there is no shop with the number {shop_id}")
    return shop


async def _note(tx: Tx, shop: Shop, action: str, detail: dict[str, object], actor: str, now: datetime) -> None:
    await tx.journal.write([Entry(now, actor, action, shop.account_id, shop.id, detail=detail)])
