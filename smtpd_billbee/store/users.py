"""Users: who may sign in to the window."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.tables import users


class Users:
    """Statements about users.  Addresses are compared without case."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def any(self) -> bool:
        """Whether there is a user at all."""
        return (await self._connection.execute(select(users.c.id).limit(1))).first() is not None

    async def all(self, account_id: int | None = None) -> list[User]:
        """Every user, or those of one account, by address."""
        query = select(users).order_by(users.c.email)
        if account_id is not None:
            query = query.where(users.c.account_id == account_id)
        return [user_of_row(row) for row in (await self._connection.execute(query)).mappings()]

    async def get(self, user_id: int) -> User | None:
        """The user with that number."""
        return await self._one(users.c.id == user_id)

    async def by_email(self, email: str) -> User | None:
        """The user with that address."""
        return await self._one(func.lower(users.c.email) == email.lower())

    async def secrets(self, user_id: int) -> tuple[str | None, str | None]:
        """(password hash, TOTP secret); they leave this room only to be compared."""
        query = select(users.c.password_hash, users.c.totp_secret).where(users.c.id == user_id)
        row = (await self._connection.execute(query)).first()
        return (row[0], row[1]) if row else (None, None)

    async def add(self, email: str, role: UserRole, account_id: int | None, now: datetime) -> User:
        """Make a user without a password."""
        values = {"email": email, "role": role.value, "account_id": account_id, "created_at": now}
        row = await self._connection.execute(insert(users).values(values).returning(users))
        return user_of_row(row.mappings().one())

    async def set_password(self, user_id: int, password_hash: str) -> None:
        """Another password; the sessions of the old one end."""
        await self._change(user_id, password_hash=password_hash)

    async def set_totp(self, user_id: int, secret: str | None, step: int | None) -> None:
        """The secret of the second factor, and the time step of the code that proved it; None takes it away."""
        await self._change(user_id, totp_secret=secret, totp_step=step)

    async def use_code(self, user_id: int, step: int, latest: int) -> bool:
        """Note that the code of this time step was used; False where it was before, or a later one.

        One behind the `latest` step that could be used now is from a clock that was wrong, and bars nobody.
        """
        last = users.c.totp_step
        fresh = last.is_(None) | (last < step) | (last > latest)
        changed = update(users).where(users.c.id == user_id, fresh).values(totp_step=step)
        return (await self._connection.execute(changed)).rowcount == 1

    async def set_language(self, user_id: int, language: str) -> None:
        """The language of the window for this user."""
        await self._change(user_id, language=language)

    async def set_role(self, user_id: int, role: UserRole, active: bool) -> None:
        """What the user may do, and whether he may sign in."""
        await self._change(user_id, role=role.value, active=active)

    async def signed_in(self, user_id: int, now: datetime) -> None:
        """Note when somebody was here."""
        await self._change(user_id, last_login_at=now)

    async def _change(self, user_id: int, **values: object) -> None:
        await self._connection.execute(update(users).where(users.c.id == user_id).values(**values))

    async def _one(self, which: Any) -> User | None:
        row = (await self._connection.execute(select(users).where(which))).mappings().first()
        return user_of_row(row) if row else None


def user_of_row(row: Mapping[Any, Any]) -> User:
    """A user as his row says."""
    secret = row["password_hash"] or ""
    return User(
        id=row["id"],
        account_id=row["account_id"],
        email=row["email"],
        role=UserRole(row["role"]),
        language=row["language"],
        active=row["active"],
        has_password=bool(secret),
        has_totp=bool(row["totp_secret"]),
        stamp=hashlib.sha256(f"{row['id']}:{secret}".encode()).hexdigest()[:16],
        last_login_at=row["last_login_at"],
    )
