"""The start page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.web.page import Page


class StartPage(Page):
    """What needs you, and how it goes."""

    menu_label = _("Start")
    icon = "fa fa-house"
    path = "/"
    route_name = "index"

    @route("")
    async def index(self, request: Request) -> Response:
        """The overview."""
        return self.shown(request, "start.html")
