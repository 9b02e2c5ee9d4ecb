"""Who may sign in to the window, and what each may do there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UserRole(StrEnum):
    """Each may do what the ones behind it may, too."""

    ADMINISTRATOR = "administrator"  # every account
    OWNER = "owner"  # the shops and settings of one account
    CLERK = "clerk"  # its orders and mails
    READER = "reader"  # looks, and changes nothing


_RANKS = (UserRole.READER, UserRole.CLERK, UserRole.OWNER, UserRole.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class User:
    """A person with a password.  `account_id` None: an administrator, who sees every account.

    `stamp` changes with the password: a link that was made for an older one works no more.
    """

    id: int
    account_id: int | None
    email: str
    role: UserRole
    language: str | None
    active: bool
    has_password: bool
    has_totp: bool
    stamp: str
    last_login_at: datetime | None = None

    def may(self, role: UserRole) -> bool:
        """Whether the user may do what this role may."""
        return _RANKS.index(self.role) >= _RANKS.index(role)
