"""Things by the number in a path, bound to the account of whoever asks; and what his role must be."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.shop import Account, Shop
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.web.context import account_of, context_of, may

LARGEST = 2**53  # of any number of ours; a larger one could not even be asked for


async def shop_of(request: Request) -> Shop:
    """The shop of the path.  Another account's is answered like one that does not exist: 404."""
    number = request.path_params["shop"]
    if number <= LARGEST:
        async with context_of(request).store.reading() as tx:
            shop = await tx.shops.get(number)
        if shop is not None and account_of(request) in (None, shop.account_id):
            return shop
    raise nothing_there()


async def user_at(request: Request) -> User:
    """The user of the path, bound in the same way."""
    number = request.path_params["user"]
    if number <= LARGEST:
        async with context_of(request).store.reading() as tx:
            user = await tx.users.get(number)
        if user is not None and account_of(request) in (None, user.account_id):
            return user
    raise nothing_there()


async def chosen_account(request: Request, chosen: str) -> Account:
    """The user's own account; only an administrator says which (`chosen`: its number).  Raises Refused."""
    wanted = account_of(request)
    if wanted is None:
        wanted = _number(chosen)
    async with context_of(request).store.reading() as tx:
        account = await tx.shop_lists.account(wanted)
    if account is None:
        raise Refused(_("Please choose an account."))
    return account


async def accounts_of(request: Request) -> list[Account]:
    """The user's own; an administrator's are all."""
    own = account_of(request)
    async with context_of(request).store.reading() as tx:
        return [account for account in await tx.accounts.all() if own is None or account.id == own]


def account_asked(request: Request, accounts: Sequence[Account]) -> Account | None:
    """The one that ?account= names, or the first; another's is not there."""
    wanted = request.query_params.get("account")
    if wanted is None:
        return accounts[0] if accounts else None
    found = next((account for account in accounts if str(account.id) == wanted), None)
    if found is None:
        raise nothing_there()
    return found


def number_in_query(request: Request, name: str) -> int:
    """A number behind the question mark; 0 for anything else."""
    return _number(request.query_params.get(name, ""))


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 15 else 0


def nothing_there() -> HTTPException:
    """The same words for what is another's and for what is not."""
    return HTTPException(404, _("There is nothing at this address, or it is not yours."))


def demand(request: Request, role: UserRole) -> None:
    """Raises 403 where the role does not suffice."""
    if not may(request, role):
        raise HTTPException(403, _("Your role does not allow this."))
