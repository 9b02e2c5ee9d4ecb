"""What every page needs: the store, the clock, the settings; and whom it is shown to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.web.hands import Hands
from smtpd_billbee.web.sessions import Links, Sessions
from smtpd_billbee.web.settings import WindowSettings
from smtpd_billbee.web.throttle import Throttle
from smtpd_billbee.web.uploads import Uploads


@dataclass(frozen=True)
class Context:
    """One for the whole window; a request finds it as `context_of(request)`."""

    store: Store
    now: Callable[[], datetime]
    sessions: Sessions
    links: Links
    settings: WindowSettings
    hands: Hands
    throttle: Throttle = field(default_factory=Throttle)
    uploads: Uploads = field(default_factory=Uploads)


def context_of(request: Request) -> Context:
    """The window's context."""
    context: Context = request.state.context
    return context


def user_of(request: Request) -> User:
    """Who is signed in; pages without a user do not ask."""
    user: User = request.state.user
    return user


def may(request: Request, role: UserRole) -> bool:
    """Whether the signed-in user may do what this role may."""
    user: User | None = getattr(request.state, "user", None)
    return user is not None and user.may(role)


def account_of(request: Request) -> int | None:
    """The account whose things are shown; None: the administrator's, who sees all of them.

    Every look into the store is bound to it: nobody sees another account's anything.
    """
    return user_of(request).account_id
