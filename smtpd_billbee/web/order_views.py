"""Views of the order list that a user has named: kept, and forgotten again."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.i18n import gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.view import state_of
from smtpd_billbee.web.context import context_of, user_of
from smtpd_billbee.web.form_fields import text
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.told import told
from smtpd_billbee.work import views

_LIST = "/orders/list"


class OrderViews(Page):
    """A user's own; even a reader may have some, as they change no order."""

    path = "/order-views"
    add_to_menu = False

    @route("")
    async def index(self, request: Request) -> Response:
        """They stand above the list."""
        return RedirectResponse(_LIST, 303)

    @route("", methods=["POST"])
    async def save(self, request: Request) -> Response:
        """Name the state of the list that the form carries."""
        form, context = await request.form(), context_of(request)
        name, query = text(form, "name"), text(form, "query")
        try:
            kept = await views.save(context.store, user_of(request), name, query, context.now())
        except Refused as error:
            return self.go(request, f"{_LIST}?{state_of(query)}", told(str(error)), "warning")
        return self.go(request, f"{_LIST}?{kept}", _("The view is saved."))

    @route("/{view_id:int}/delete", methods=["POST"])
    async def delete(self, request: Request) -> Response:
        """Forget it."""
        context, view_id = context_of(request), request.path_params["view_id"]
        try:
            await views.remove(context.store, user_of(request), min(view_id, 2**63 - 1), context.now())
        except NoSuchThing:
            raise HTTPException(404) from None
        return self.go(request, _LIST, _("The view is deleted."))
