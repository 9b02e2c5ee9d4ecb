"""Settings / My profile: password, sessions, language, second factor."""

from datetime import timedelta

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, Refused
from smtpd_billbee.model.user import User
from smtpd_billbee.web import form_fields, language
from smtpd_billbee.web.context import context_of, user_of
from smtpd_billbee.web.page import SEE_OTHER, Page
from smtpd_billbee.web.sign_in import check_password
from smtpd_billbee.web.told import told
from smtpd_billbee.web.users import ROLE_WORDS
from smtpd_billbee.work import sessions, staff
from smtpd_billbee.work import users as people

HERE = "/settings/profile"
TOTP, TOTP_LASTS = "second factor", timedelta(minutes=30)  # a new secret travels with its form, signed
ISSUER = "smtpd-billbee"


class ProfilePage(Page):
    """Of whoever is signed in."""

    menu_label = _("My profile")
    icon = "fa fa-user"
    path = HERE

    @route("")
    async def index(self, request: Request) -> Response:
        """Everything about oneself."""
        return await self._page(request)

    @route("/password", methods=["POST"], name="profile-password")
    async def password(self, request: Request) -> Response:
        """Another password, by one who knows the old one; every other session ends."""
        context, user, form = context_of(request), user_of(request), await request.form()
        new = form_fields.secret(form, "password")
        try:
            check_password(new, form_fields.secret(form, "again"))
            await self._knows(request, form_fields.secret(form, "old"))
            changed = await people.set_password(context.store, user.id, new, user.email, context.now())
        except Error as error:
            return await self._page(request, 422, password_problem=told(str(error)))
        answer = self.go(request, HERE, gettext("Your password is changed; every other session has ended."))
        await context.sessions.begin(answer, changed, context.now())
        return answer

    async def _knows(self, request: Request, password: str) -> None:
        """Raises Refused for a wrong password, and for too many: a session that was left open is no key to it."""
        context, user = context_of(request), user_of(request)
        keys = (f"user {user.email.lower()}", f"peer {request.client.host if request.client else ''}")
        if pause := context.throttle.wait(keys, context.now()):
            raise Refused(
                gettext("Too many attempts. Try again in %(seconds)s seconds.")
                % {"seconds": int(pause.total_seconds()) + 1}
            )
        if not await people.knows_password(context.store, user, password):
            context.throttle.failed(keys, context.now())
            raise Refused(gettext("That is not your password."))
        context.throttle.forget(keys)

    @route("/language", methods=["POST"])
    async def language(self, request: Request) -> Response:
        """The language after each sign-in."""
        context, chosen = context_of(request), form_fields.text(await request.form(), "language")
        answer = RedirectResponse(HERE, SEE_OTHER)
        if chosen in language.LANGUAGES:
            await staff.set_language(context.store, user_of(request), chosen, context.now())
            language.remember(answer, chosen, context.settings.secure)
            with language.speaking(chosen):
                flash(request, gettext("The language is saved."), "success")
        return answer

    @route("/totp", methods=["POST"])
    async def totp(self, request: Request) -> Response:
        """Turn the second factor on: the code proves that the app has the secret."""
        context, user, form = context_of(request), user_of(request), await request.form()
        signed = context.links.read(TOTP, form_fields.text(form, "word"), TOTP_LASTS)
        if user.has_totp or signed is None or signed[0] != user.id:
            return self.go(request, HERE, gettext("That took too long; please begin again."), "warning")
        secret, code = str(signed[1]), form_fields.text(form, "code")
        try:
            await people.set_totp(context.store, user, secret, code, user.email, context.now())
        except Refused:
            return await self._page(request, 422, totp_problem=gettext("That code is wrong."), secret=secret)
        return self.go(request, HERE, gettext("The second factor is on: each sign-in asks for a code."))

    @route("/totp/off", methods=["POST"])
    async def totp_off(self, request: Request) -> Response:
        """Turn it off, by one who knows the password."""
        context, user, form = context_of(request), user_of(request), await request.form()
        try:
            await self._knows(request, form_fields.secret(form, "old"))
            await people.set_totp(context.store, user, None, "", user.email, context.now())
        except Error as error:
            return await self._page(request, 422, totp_problem=told(str(error)))
        return self.go(request, HERE, gettext("The second factor is off."))

    @route("/sign-out-everywhere", methods=["POST"], name="sign-out-everywhere")
    async def sign_out_everywhere(self, request: Request) -> Response:
        """End every session of this user, this one as well: a browser was lost, or left open somewhere."""
        context = context_of(request)
        await sessions.end_everywhere(context.store, user_of(request), context.now())
        answer = self.go(request, "/login")
        context.sessions.forget(answer)
        return answer

    async def _page(
        self, request: Request, status: int = 200, password_problem: str = "", totp_problem: str = "", secret: str = ""
    ) -> Response:
        context, user = context_of(request), user_of(request)
        async with context.store.reading() as tx:
            browsers = await tx.sessions.count(user.id, context.now())
        return self.shown(
            request, "profile.html", status, user=user, browsers=browsers, role_words=ROLE_WORDS,
            password_problem=password_problem, totp_problem=totp_problem,
            **({} if user.has_totp else _offer(request, user, secret)),
        )  # fmt: skip


def _offer(request: Request, user: User, secret: str) -> dict[str, object]:
    """A new secret for the second factor: as an address, as a picture, and signed for the form."""
    secret = secret or people.new_totp_secret()
    address = people.totp_address(user, secret, ISSUER)
    picture = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff", dark="#000")
    word = context_of(request).links.make(TOTP, user.id, secret)
    return {"secret": secret, "otpauth": address, "picture": Markup(picture), "word": word}
