"""Links of the window that the command line hands out: nobody can sign in before the first one is used."""

from smtpd_billbee.clock import now
from smtpd_billbee.config import Config
from smtpd_billbee.model.user import User
from smtpd_billbee.store.store import Store
from smtpd_billbee.web.sessions import Links


async def window_key(store: Store) -> bytes:
    """What the window signs its sessions and links with.  Once it is made, a database that is locked is no matter."""
    async with store.reading() as tx:
        if key := await tx.keys.get("window"):
            return key
    async with store.transaction() as tx:
        return await tx.keys.get_or_make("window", now())


async def first_link(store: Store, address: str) -> str | None:
    """The link with which the first administrator is made; None once there is a user."""
    async with store.reading() as tx:
        if await tx.users.any():
            return None
    return f"{address}/first/{Links(await window_key(store)).make('first')}"


async def password_link(config: Config, store: Store, user: User) -> str:
    """The link with which a user chooses a password, at the address that the config names."""
    links = Links(await window_key(store))
    address = config.web.public_url or f"http://{config.web.listen}"
    return f"{address}/password/{links.make('password', user.id, user.stamp)}"
