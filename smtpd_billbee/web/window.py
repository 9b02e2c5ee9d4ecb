"""The window: every page, with what it needs, as one application."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.views import BaseView, DropDown

from smtpd_billbee.store.store import Store
from smtpd_billbee.web.accounts import AccountsPage
from smtpd_billbee.web.admin import Pages
from smtpd_billbee.web.article_ends import ArticleEnd, RecognitionPage
from smtpd_billbee.web.article_import import ArticleImport
from smtpd_billbee.web.article_list import ArticleList
from smtpd_billbee.web.articles import ArticlePages
from smtpd_billbee.web.check import CheckPage
from smtpd_billbee.web.context import Context
from smtpd_billbee.web.hands import Hands
from smtpd_billbee.web.imports import ImportPages
from smtpd_billbee.web.mail_list import MailList
from smtpd_billbee.web.mails import MailPages
from smtpd_billbee.web.notices import NoticesPage
from smtpd_billbee.web.order_page import OrderPage
from smtpd_billbee.web.order_views import OrderViews
from smtpd_billbee.web.orders import OrderList
from smtpd_billbee.web.profile import ProfilePage
from smtpd_billbee.web.reports import ReportsPage
from smtpd_billbee.web.sessions import Links, Sessions
from smtpd_billbee.web.settings import WindowSettings
from smtpd_billbee.web.shop_senders import ShopSenders
from smtpd_billbee.web.shop_settings import ShopPage
from smtpd_billbee.web.shops import ShopsPage, ShopWizard
from smtpd_billbee.web.start import StartPage
from smtpd_billbee.web.users import UsersPage
from smtpd_billbee.web.workbench import Workbench


def application(
    store: Store, now: Callable[[], datetime], key: bytes, settings: WindowSettings, hands: Hands
) -> Starlette:
    """The pages over this store.  `key`: signs sessions and links; `now`: the clock."""
    context = Context(store, now, Sessions(store, key, settings.secure), Links(key), settings, hands)
    settled = DropDown(
        _("Settings"),
        [ShopsPage(), UsersPage(), AccountsPage(), NoticesPage(), ProfilePage()],
        icon="fa fa-gear",
    )
    orders: list[BaseView] = [OrderList(), OrderPage(), CheckPage(), MailList(), MailPages(), ImportPages()]
    articles: list[BaseView] = [ArticleList(), ArticlePages(), ArticleImport(), ReportsPage()]
    hidden: list[BaseView] = [
        ShopWizard(),
        ShopPage(),
        ShopSenders(),
        OrderViews(),
        ArticleEnd(),
        RecognitionPage(),
    ]
    return Pages(context, StartPage()).mounted([*orders, *articles, Workbench(), settled, *hidden])
