"""Accounts and shops are made and changed here, for config, command line and window; each change is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.formats.addresses import read_import_address
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.shop import Account, Shop, ShopRules
from smtpd_billbee.store.store import Store, Tx


@dataclass(frozen=True, slots=True)
class DeclaredAccount:
    """An account of the config file: the settings that stand there by name, and those of its shops by number.

    What does not stand there is not in here either: a default of the config is nobody's wish.
    """

    email: str
    settings: Mapping[str, str]
    shops: Mapping[int, Mapping[str, object]]


async def declare(store: Store, accounts: Sequence[DeclaredAccount], now: datetime) -> None:
    """Make or update what the config declares; what it does not name stays as it is."""

    async def work(tx: Tx) -> None:
        for declared in accounts:
            account = await _declare_account(tx, declared, now)
            for shop_id, settings in declared.shops.items():
                await _declare_shop(tx, shop_id, account, settings, now)

    if accounts:  # other nodes may declare the same at this moment
        await store.repeated(work)


async def _declare_account(tx: Tx, declared: DeclaredAccount, now: datetime) -> Account:
    account = await tx.accounts.by_email(declared.email)
    if account is None:
        account = await _add_account(tx, declared.email, "", "de", "config", now)
    changed = replace(account, **declared.settings)  # type: ignore[arg-type]
    if changed != account:
        await tx.accounts.change(changed)
    return changed


async def _declare_shop(tx: Tx, shop_id: int, account: Account, settings: Mapping[str, object], now: datetime) -> None:
    shop = await tx.shops.get(shop_id)
    rules = replace(shop.rules if shop else ShopRules(name=""), **settings)  # type: ignore[arg-type]
    if shop is None:
        await _add_shop(tx, shop_id, account, rules, "config", now)
    elif (shop.account_id, shop.rules) != (account.id, rules):
        await _change_shop(tx, shop, account.id, rules, "config", now)


async def add_account(store: Store, email: str, name: str, language: str, actor: str, now: datetime) -> Account:
    """Make an account.  Raises Refused when there is one with that address, or it is no mailbox's."""
    _check_mailbox(email)
    async with store.transaction() as tx:
        if await tx.accounts.by_email(email):
            raise Refused(f"there is an account with the address {email} already")
        return await _add_account(tx, email, name, language, actor, now)


async def change_account(store: Store, to: Account, actor: str, now: datetime) -> Account:
    """Give an account other addresses, name or language; copies that its old mailbox has not taken go to the new one.

    Raises NoSuchThing, Refused.
    """
    for address in (to.email, to.second_email):
        _check_mailbox(address)
    async with store.transaction() as tx:
        account = await tx.shop_lists.account(to.id)
        if account is None:
            raise NoSuchThing("there is no such account")
        if to.second_email.lower() == to.email.lower():
            raise Refused("the second address must be another one than the first")
        other = await tx.accounts.by_email(to.email)
        if other is not None and other.id != to.id:
            raise Refused(f"there is an account with the address {to.email} already")
        detail: dict[str, object] = {
            name: value for name, value in asdict(to).items() if getattr(account, name) != value
        }
        if detail:
            await tx.accounts.change(to)
            if to.email != account.email:
                detail["copies"] = await tx.jobs.redirect(to.id, account.email, to.email)
            await tx.journal.write([Entry(now, actor, "account changed", account_id=to.id, detail=detail)])
        return to


async def add_shop(store: Store, shop_id: int | None, email: str, name: str, actor: str, now: datetime) -> Shop:
    """Make a shop for the account with that address; without `shop_id` it gets the next free number."""
    async with store.transaction() as tx:
        account = await tx.accounts.by_email(email)
        if account is None:
            raise NoSuchThing(f"there is no account with the address {email}; make it with `account add {email}`")
        if shop_id is not None and await tx.shops.get(shop_id):
            raise Refused(f"there is a shop with the number {shop_id} already")
        return await _add_shop(tx, shop_id, account, ShopRules(name=name), actor, now)


async def change_shop(store: Store, shop_id: int, changes: dict[str, object], actor: str, now: datetime) -> Shop:
    """Change some settings of a shop.  Raises NoSuchThing, Refused."""
    async with store.transaction() as tx:
        shop = await tx.shops.get(shop_id)
        if shop is None:
            raise NoSuchThing(f"there is no shop with the number {shop_id}")
        rules = replace(shop.rules, **changes)  # type: ignore[arg-type]
        if rules.only_with_secret and not shop.secret:
            raise Refused("a secret is needed first: `shop secret`")
        await _change_shop(tx, shop, shop.account_id, rules, actor, now)
        return replace(shop, rules=rules)


async def set_open(store: Store, shop_id: int, is_open: bool, actor: str, now: datetime) -> bool:
    """Close a shop: its address takes no mail, its orders stay; or open it again.  False: it was so already."""
    async with store.transaction() as tx:
        shop = await tx.shops.get(shop_id)
        if shop is None:
            raise NoSuchThing(f"there is no shop with the number {shop_id}")
        if shop.active == is_open:
            return False
        await tx.shops.set_active(shop_id, is_open)
        action = "shop opened" if is_open else "shop closed"
        await tx.journal.write([Entry(now, actor, action, account_id=shop.account_id, shop_id=shop_id)])
        return True


def _check_mailbox(address: str) -> None:
    """Copies to an import address would come back to us, and nobody would ever read one."""
    if read_import_address(address) is not None:
        raise Refused("that is the address to which a shop's orders go; copies need a mailbox that you read")


async def _add_account(tx: Tx, email: str, name: str, language: str, actor: str, now: datetime) -> Account:
    account = await tx.accounts.add(email, name, language, now)
    await tx.journal.write([Entry(now, actor, "account added", account_id=account.id)])
    return account


async def _add_shop(tx: Tx, shop_id: int | None, account: Account, rules: ShopRules, actor: str, now: datetime) -> Shop:
    number = await tx.shops.add(shop_id, account.id, rules, now)
    await tx.journal.write([Entry(now, actor, "shop added", account_id=account.id, shop_id=number)])
    return Shop(number, account.id, account.email, rules)


async def _change_shop(tx: Tx, shop: Shop, account_id: int, rules: ShopRules, actor: str, now: datetime) -> None:
    await tx.shops.change(shop.id, account_id, rules)
    detail = {name: value for name, value in asdict(rules).items() if getattr(shop.rules, name) != value}
    await tx.journal.write([Entry(now, actor, "shop changed", account_id=account_id, shop_id=shop.id, detail=detail)])
