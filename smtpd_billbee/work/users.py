"""Users are made, sign in and change their passwords here, for command line and window; each change is noted.

A password is kept as an argon2id hash (RFC 9106).  A link that makes or resets one is a signed word with an age; it
holds the stamp of the password that it replaces, so it works once.  A code of the second factor works once, too: of
each user the time step of the last one is kept (RFC 6238 5.2).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import pyotp
import pyotp.utils
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.store import Store, Tx

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_HASHER = PasswordHasher()
# Checked where there is no such user: a wrong address must take as long as a wrong password.
_NOBODY = _HASHER.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The password was right.  `wants_code`: the second factor is missing or wrong; `code_used`: it was right once."""

    user: User
    wants_code: bool = False
    code_used: bool = False


async def add_user(store: Store, email: str, role: UserRole, account: str | None, actor: str, now: datetime) -> User:
    """Make a user; all but an administrator belong to the account with that address.  Raises Refused, NoSuchThing."""
    async with store.transaction() as tx:
        if await tx.users.by_email(email):
            raise Refused(f"there is a user with the address {email} already")
        account_id = await _account_of(tx, role, account)
        user = await tx.users.add(email, role, account_id, now)
        await tx.journal.write([Entry(now, actor, "user added", account_id=account_id, detail={"role": role.value})])
        return user


async def _account_of(tx: Tx, role: UserRole, account: str | None) -> int | None:
    if role is UserRole.ADMINISTRATOR:
        if account is not None:
            raise Refused("an administrator sees every account and belongs to none; leave the account out")
        return None
    if account is None:
        raise Refused(f"say whose account the {role.value} belongs to")
    found = await tx.accounts.by_email(account)
    if found is None:
        raise NoSuchThing(f"there is no account with the address {account}; make it with `account add {account}`")
    return found.id


async def sign_in(store: Store, email: str, password: str, code: str, now: datetime) -> SignedIn | None:
    """The user with this address and password; None for any other pair, and for one who may not sign in."""
    async with store.reading() as tx:
        user = await tx.users.by_email(email)
        kept, totp = await tx.users.secrets(user.id) if user else (None, None)
    right = await asyncio.to_thread(_verified, kept or _NOBODY, password[:LONGEST_PASSWORD])
    if user is None or not kept or not right or not user.active:
        return None
    step = _step_of(totp, code, now) if totp else None
    if totp and step is None:
        return SignedIn(user, wants_code=True)
    async with store.transaction() as tx:
        if totp and step is not None and not await tx.users.use_code(user.id, step, max(_steps(totp, now))):
            return SignedIn(user, wants_code=True, code_used=True)
        await tx.users.signed_in(user.id, now)
    return SignedIn(user)


def _steps(secret: str, now: datetime) -> range:
    """The time steps whose codes are taken: now's, and one to each side, since clocks differ."""
    current = pyotp.TOTP(secret).timecode(now)
    return range(current - 1, current + 2)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that this code belongs to; None for a wrong one."""
    typed, totp = code.replace(" ", ""), pyotp.TOTP(secret)
    steps = _steps(secret, now)
    return next((step for step in steps if pyotp.utils.strings_equal(typed, totp.generate_otp(step))), None)


async def knows_password(store: Store, user: User, password: str) -> bool:
    """Whether that is the user's password."""
    async with store.reading() as tx:
        kept, _ = await tx.users.secrets(user.id)
    return await asyncio.to_thread(_verified, kept or _NOBODY, password[:LONGEST_PASSWORD]) and bool(kept)


def _verified(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


async def set_password(store: Store, user_id: int, password: str, actor: str, now: datetime) -> User:
    """Give a user another password; every session of the old one ends.  Raises Refused for a weak one."""
    check_password(password)
    hashed = await asyncio.to_thread(_HASHER.hash, password)
    async with store.transaction() as tx:
        user = await tx.users.get(user_id)
        if user is None:
            raise NoSuchThing("there is no such user")
        await tx.users.set_password(user_id, hashed)
        await tx.sessions.end_all(user_id)
        await tx.journal.write([Entry(now, actor, "password changed", account_id=user.account_id)])
        changed = await tx.users.get(user_id)
    assert changed is not None
    return changed


def check_password(password: str) -> None:
    """Raises Refused for a password that is too short, too long, or one character again and again."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if len(set(password)) < 4:
        raise Refused("a password has at least four different characters")


def new_totp_secret() -> str:
    """A secret for the second factor, as authenticator apps take it."""
    return pyotp.random_base32()


def totp_address(user: User, secret: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


async def set_totp(store: Store, user: User, secret: str | None, code: str, actor: str, now: datetime) -> None:
    """Turn the second factor on (the code must be the secret's) or off.  Raises Refused for a wrong code."""
    step = None if secret is None else _step_of(secret, code, now)
    if secret is not None and step is None:
        raise Refused("that is not the code that the app shows now")
    async with store.transaction() as tx:
        await tx.users.set_totp(user.id, secret, step)
        action = "second factor on" if secret else "second factor off"
        await tx.journal.write([Entry(now, actor, action, account_id=user.account_id, detail={"user": user.id})])
