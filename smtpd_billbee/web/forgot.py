"""'Forgot your password?': always the same answer, as fast for a stranger as for a user; a user gets a mail."""

from datetime import timedelta
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates
from starlette_admin.i18n import get_locale
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Refused
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.context import Context, context_of
from smtpd_billbee.web.letters import reset_letter, sent
from smtpd_billbee.web.throttle import Throttle
from smtpd_billbee.web.told import told

RESET = "reset"  # the purpose of the link
RESET_LINK_LASTS = timedelta(hours=2)
# One mail an address, then none for five minutes, ten, fifteen; ten wishes from one peer.
FOR_ONE_ADDRESS = (1, timedelta(minutes=5))
FROM_ONE_PEER = (10, timedelta(minutes=1))


class Forgot:
    """The page, and how often a mail may be asked for."""

    def __init__(self, templates: Jinja2Templates) -> None:
        self._templates = templates
        self._addresses, self._peers = Throttle(*FOR_ONE_ADDRESS), Throttle(*FROM_ONE_PEER)

    async def forgot(self, request: Request) -> Response:
        """Asks for the address; what follows tells nobody whether there is such a user."""
        if request.method == "GET":
            return self._shown(request, "forgot.html")
        try:
            email = form_fields.email(await request.form(), "email")
        except Refused as error:
            return self._shown(request, "forgot.html", 422, problem=told(str(error)))
        task = None
        if self._may_ask(request, email):
            task = BackgroundTask(_send, context_of(request), email, get_locale())
        said = _(
            "If a user with this address may sign in here, a mail with a link is on its way. It works for two hours."
        )
        return self._shown(request, "message.html", title=_("Look into your mailbox"), text=said, background=task)

    def _may_ask(self, request: Request, email: str) -> bool:
        now = context_of(request).now()
        address, peer = (email.lower(),), (request.client.host if request.client else "",)
        if self._addresses.wait(address, now) or self._peers.wait(peer, now):
            return False
        self._addresses.failed(address, now)
        self._peers.failed(peer, now)
        return True

    def _shown(
        self, request: Request, name: str, status: int = 200, background: BackgroundTask | None = None, **words: Any
    ) -> Response:
        return self._templates.TemplateResponse(
            request=request, name=name, context=words, status_code=status, background=background
        )


async def _send(context: Context, email: str, language: str) -> None:
    async with context.store.reading() as tx:
        user = await tx.users.by_email(email)
    if user is None or not user.active:
        return
    link = f"{context.settings.address}/password/{context.links.make(RESET, user.id, user.stamp)}"
    await sent(context, user.email, reset_letter(context, user, link, language))
