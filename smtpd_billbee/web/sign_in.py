"""Signing in and out, the first administrator, and passwords by a link."""

from datetime import timedelta
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.auth import AdminUser, BaseAuthProvider
from starlette_admin.helpers import index_url, safe_redirect_url
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Error, Refused
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.web import language
from smtpd_billbee.web.context import Context, context_of
from smtpd_billbee.web.forgot import RESET, RESET_LINK_LASTS, Forgot
from smtpd_billbee.work import users as people

FIRST_LINK_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=7)
SEE_OTHER = 303


class SignIn(BaseAuthProvider):
    """Who a request comes from; and the pages that need nobody to be signed in."""

    def __init__(self, context: Context) -> None:
        super().__init__(allow_routes=["first", "password", "forgot", "health"])
        self._context = context

    async def authenticate(self, request: HTTPConnection) -> AdminUser | None:
        """The signed-in user; all pages find him in request.state.user."""
        request.state.context = self._context
        user = await self._context.sessions.user_of(request, self._context.now())
        request.state.user = user
        return AdminUser(username=user.email) if user else None

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        pages = _Pages(templates)
        return [
            Route("/login", pages.login, methods=["GET", "POST"], name="login"),
            Route("/logout", pages.logout, methods=["POST"], name="logout"),
            Route("/first/{word}", pages.first, methods=["GET", "POST"], name="first"),
            Route("/password/{word}", pages.password, methods=["GET", "POST"], name="password"),
            Route("/forgot", Forgot(templates).forgot, methods=["GET", "POST"], name="forgot"),
            Route("/health", pages.health, methods=["GET"], name="health"),
        ]


class _Pages:
    def __init__(self, templates: Jinja2Templates) -> None:
        self._templates = templates

    def _shown(self, request: Request, name: str, status: int = 200, **words: Any) -> Response:
        return self._templates.TemplateResponse(request=request, name=name, context=words, status_code=status)

    async def health(self, request: Request) -> Response:
        """For a proxy: 204 while the database answers."""
        async with context_of(request).store.reading() as tx:
            await tx.shops.alive()
        return Response(status_code=204)

    async def login(self, request: Request) -> Response:
        """Address, password, and the code where the user has a second factor."""
        home = index_url(request)
        onward = safe_redirect_url(request.query_params.get("next") or home, request, home)
        if request.state.user is not None:
            return RedirectResponse(onward, SEE_OTHER)
        if request.method == "GET":
            async with context_of(request).store.reading() as tx:
                return self._shown(request, "sign_in.html", nobody_yet=not await tx.users.any())
        form = await request.form()
        email, password, code = (str(form.get(name) or "") for name in ("email", "password", "code"))
        context, now = context_of(request), context_of(request).now()
        keys = (f"user {email.lower()}", f"peer {request.client.host if request.client else ''}")
        if pause := context.throttle.wait(keys, now):
            said = _("Too many attempts. Try again in %(seconds)s seconds.") % {
                "seconds": int(pause.total_seconds()) + 1
            }
            return self._shown(request, "sign_in.html", 429, email=email, problem=said)
        found = await people.sign_in(context.store, email, password, code, now)
        if found is None or (found.wants_code and code):
            context.throttle.failed(keys, now)
            said = _code_problem(found) if found else _("This address and password do not belong together.")
            return self._shown(request, "sign_in.html", 422, email=email, problem=said, wants_code=found is not None)
        if found.wants_code:
            return self._shown(request, "sign_in.html", email=email, wants_code=True)
        context.throttle.forget(keys)
        answer = RedirectResponse(onward, SEE_OTHER)
        await context.sessions.begin(answer, found.user, now)
        if found.user.language:
            language.remember(answer, found.user.language, context.settings.secure)
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session of this browser."""
        answer = RedirectResponse(request.url_for("admin:login"), SEE_OTHER)
        await context_of(request).sessions.end(request, answer)
        return answer

    async def first(self, request: Request) -> Response:
        """The first administrator, by the link that `serve` printed; it works while there is no user."""
        context = context_of(request)
        signed = context.links.read("first", request.path_params["word"], FIRST_LINK_LASTS)
        async with context.store.reading() as tx:
            taken = await tx.users.any()
        if signed is None or taken:
            said = _("This link has been used, or it is too old. A new start of the server prints another one.")
            return self._shown(request, "message.html", 410, title=_("This link does not work any more"), text=said)
        if request.method == "GET":
            return self._shown(request, "choose_password.html", title=_("Welcome"), asks_email=True)
        form = await request.form()
        email, password = str(form.get("email") or "").strip(), str(form.get("password") or "")
        try:
            if "@" not in email:
                raise Refused(_("Please write an e-mail address."))
            check_password(password, str(form.get("again") or ""))
            user = await people.add_user(context.store, email, UserRole.ADMINISTRATOR, None, email, context.now())
        except Error as error:
            return self._shown(
                request, "choose_password.html", 422, title=_("Welcome"), asks_email=True, email=email, problem=error
            )
        return await self._begun(request, user, password)

    async def password(self, request: Request) -> Response:
        """A first password by an invitation, or another one by a reset link."""
        context = context_of(request)
        user = await _user_of_link(context, request.path_params["word"])
        if user is None:
            said = _("This link has been used, or it is too old. Ask for another one.")
            return self._shown(request, "message.html", 410, title=_("This link does not work any more"), text=said)
        title = _("Choose a password")
        if request.method == "GET":
            return self._shown(request, "choose_password.html", title=title, email=user.email)
        form = await request.form()
        password = str(form.get("password") or "")
        try:
            check_password(password, str(form.get("again") or ""))
        except Error as error:
            return self._shown(request, "choose_password.html", 422, title=title, email=user.email, problem=error)
        if user.has_totp:  # who reads the mailbox has one factor only
            await people.set_password(context.store, user.id, password, user.email, context.now())
            said = _("Your password is changed. Sign in with it and with the code of your app.")
            return self._shown(request, "message.html", title=title, text=said)
        return await self._begun(request, user, password)

    async def _begun(self, request: Request, user: User, password: str) -> Response:
        context = context_of(request)
        changed = await people.set_password(context.store, user.id, password, user.email, context.now())
        answer = RedirectResponse(index_url(request), SEE_OTHER)
        await context.sessions.begin(answer, changed, context.now())
        return answer


def _code_problem(found: people.SignedIn) -> str:
    if found.code_used:
        return str(_("This code was used already. Wait until your app shows another one."))
    return str(_("That code is wrong."))


def check_password(password: str, again: str) -> None:
    """Raises Refused, in the language of the request, for a weak password or two different ones."""
    try:
        people.check_password(password)
    except Refused:
        raise Refused(_("A password has 10 to 200 characters, at least four of them different.")) from None
    if password != again:
        raise Refused(_("The two passwords are not the same."))


def invitation(context: Context, user: User) -> str:
    """The link with which a user chooses a first or another password; it ends with the password's change."""
    return f"{context.settings.address}/password/{context.links.make('password', user.id, user.stamp)}"


async def _user_of_link(context: Context, word: str) -> User | None:
    lasting = (("password", INVITATION_LASTS), (RESET, RESET_LINK_LASTS))
    signed = next((found for purpose, lasts in lasting if (found := context.links.read(purpose, word, lasts))), None)
    if signed is None or len(signed) != 2:
        return None
    async with context.store.reading() as tx:
        user = await tx.users.get(int(signed[0]))
    return user if user and user.active and user.stamp == signed[1] else None
