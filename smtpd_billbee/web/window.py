"""The window: every page, with what it needs, as one application."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette

from smtpd_billbee.store.store import Store
from smtpd_billbee.web.admin import Pages
from smtpd_billbee.web.context import Context
from smtpd_billbee.web.hands import Hands
from smtpd_billbee.web.notices import NoticesPage
from smtpd_billbee.web.sessions import Links, Sessions
from smtpd_billbee.web.settings import WindowSettings
from smtpd_billbee.web.start import StartPage
from smtpd_billbee.web.workbench import Workbench


def application(
    store: Store, now: Callable[[], datetime], key: bytes, settings: WindowSettings, hands: Hands
) -> Starlette:
    """The pages over this store.  `key`: signs sessions and links; `now`: the clock."""
    context = Context(store, now, Sessions(key, settings.secure), Links(key), settings, hands)
    return Pages(context, StartPage()).mounted([Workbench(), NoticesPage()])
