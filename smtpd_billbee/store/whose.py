"""Whose things they are: every list and page is bound to an account by what stands here.  None: of every account."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from smtpd_billbee.store.tables import shops


def owned_by(account_id: int | None) -> ColumnElement[bool]:
    """The shop of a row is this account's, where shops are joined."""
    return true() if account_id is None else shops.c.account_id == account_id


def shops_of(account_id: int | None) -> Select[Any]:
    """The numbers of the account's shops."""
    return select(shops.c.id).where(owned_by(account_id))


def of_account(shop_id: ColumnElement[Any], account_id: int | None) -> ColumnElement[bool]:
    """The same by a column with the number of a shop: found by an index that begins with it."""
    return true() if account_id is None else shop_id.in_(shops_of(account_id))
