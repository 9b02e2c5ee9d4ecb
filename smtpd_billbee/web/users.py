"""Settings / Users: who may sign in for the account, invitations, roles."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.i18n import get_locale, gettext
from starlette_admin.i18n import lazy_gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Error, Refused
from smtpd_billbee.model.shop import Account
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.bound import chosen_account, user_at
from smtpd_billbee.web.context import account_of, context_of, user_of
from smtpd_billbee.web.letters import invitation_letter, sent
from smtpd_billbee.web.page import Page
from smtpd_billbee.web.sign_in import invitation
from smtpd_billbee.web.told import told
from smtpd_billbee.work import staff
from smtpd_billbee.work import users as people

ROLE_WORDS: Mapping[UserRole, str] = {
    UserRole.ADMINISTRATOR: _("Administrator"),
    UserRole.OWNER: _("Owner"),
    UserRole.CLERK: _("Clerk"),
    UserRole.READER: _("Reader"),
}
ROLE_HINTS: Mapping[UserRole, str] = {
    UserRole.ADMINISTRATOR: _("every account of this server"),
    UserRole.OWNER: _("shops, users and settings of the account"),
    UserRole.CLERK: _("orders and mails of the account"),
    UserRole.READER: _("looks, and changes nothing"),
}


class UsersPage(Page):
    """The users of the account; an administrator sees all of them."""

    menu_label = _("Users")
    icon = "fa fa-users"
    path = "/settings/users"
    role = UserRole.OWNER

    @route("")
    async def index(self, request: Request) -> Response:
        """Who may sign in."""
        async with context_of(request).store.reading() as tx:
            users = await tx.users.all(account_of(request))
            accounts = {each.id: each.email for each in await tx.accounts.all()} if account_of(request) is None else {}
        return self.shown(
            request, "users.html", users=users, accounts=accounts, me=user_of(request), role_words=ROLE_WORDS
        )

    @route("/invite", methods=["GET", "POST"])
    async def invite(self, request: Request) -> Response:
        """A new user: he chooses his password by a link, which is mailed and shown."""
        if request.method == "GET":
            return await self._asked(request, account=request.query_params.get("account", ""))
        form = await request.form()
        said = {name: form_fields.text(form, name) for name in ("email", "role", "account")}
        try:
            email, role = form_fields.email(form, "email"), _role(said["role"], staff.roles_for(user_of(request)))
            account = None if role is UserRole.ADMINISTRATOR else await chosen_account(request, said["account"])
            user = await self._added(request, email, role, account)
        except Error as error:
            return await self._asked(request, 422, problem=told(str(error)), **said)
        return await self._invited(request, user, account)

    async def _added(self, request: Request, email: str, role: UserRole, account: Account | None) -> User:
        context = context_of(request)
        try:
            return await people.add_user(
                context.store, email, role, account.email if account else None, user_of(request).email, context.now()
            )
        except Refused:
            raise Refused(gettext("This address cannot be invited: it belongs to a user already.")) from None

    async def _asked(
        self, request: Request, status: int = 200, email: str = "", role: str = "", account: str = "", problem: str = ""
    ) -> Response:
        accounts: list[Account] = []
        if account_of(request) is None:
            async with context_of(request).store.reading() as tx:
                accounts = await tx.accounts.all()
        return self.shown(
            request, "user_invite.html", status, email=email, chosen=role, account=account, problem=problem,
            accounts=accounts, chooses_account=account_of(request) is None, roles=staff.roles_for(user_of(request)),
            role_words=ROLE_WORDS, role_hints=ROLE_HINTS,
        )  # fmt: skip

    @route("/{user:int}", methods=["GET", "POST"])
    async def one(self, request: Request) -> Response:
        """A user: role, closed or open; the link for one who has no password yet."""
        user = await user_at(request)
        if user.id == user_of(request).id:
            return self.go(request, "/settings/profile")
        if request.method == "GET":
            return self._page(request, user)
        context, form = context_of(request), await request.form()
        try:
            role = _role(form_fields.text(form, "role"), staff.roles_for(user_of(request), user))
            active = form_fields.ticked(form, "active")
            await staff.change_role(context.store, user_of(request), user.id, role, active, context.now())
        except Error as error:
            return self._page(request, user, 422, problem=told(str(error)))
        return self.go(request, f"/settings/users/{user.id}", gettext("The user is saved."))

    def _page(self, request: Request, user: User, status: int = 200, problem: str = "") -> Response:
        link = invitation(context_of(request), user) if user.active and not user.has_password else ""
        return self.shown(
            request, "user.html", status, user=user, link=link, problem=problem, role_words=ROLE_WORDS,
            role_hints=ROLE_HINTS, roles=staff.roles_for(user_of(request), user),
        )  # fmt: skip

    @route("/{user:int}/invite", methods=["POST"])
    async def again(self, request: Request) -> Response:
        """Mail the invitation once more."""
        user = await user_at(request)
        if user.has_password or not user.active:
            return self.go(request, f"/settings/users/{user.id}", gettext("This user needs no invitation."), "info")
        async with context_of(request).store.reading() as tx:
            account = await tx.shop_lists.account(user.account_id) if user.account_id is not None else None
        return await self._invited(request, user, account)

    @route("/{user:int}/second-factor-off", methods=["POST"], name="second-factor-off")
    async def second_factor_off(self, request: Request) -> Response:
        """For one whose phone is lost."""
        user = await user_at(request)
        if user.id == user_of(request).id:
            return self.go(request, "/settings/profile")
        context = context_of(request)
        await staff.switch_off_totp(context.store, user_of(request), user.id, context.now())
        return self.go(request, f"/settings/users/{user.id}", gettext("The second factor is off."))

    async def _invited(self, request: Request, user: User, account: Account | None) -> Response:
        context = context_of(request)
        language = account.language if account else get_locale()
        refusal = await sent(context, user.email, invitation_letter(context, user, invitation(context, user), language))
        where = f"/settings/users/{user.id}"
        if refusal is None:
            return self.go(request, where, gettext("The invitation is on its way by mail."))
        said = gettext("The mail could not be sent (%(reply)s). Hand over the link yourself.") % {
            "reply": refusal[:200]
        }
        return self.go(request, where, said, "warning")


def _role(said: str, allowed: tuple[UserRole, ...]) -> UserRole:
    found: Any = next((role for role in allowed if role.value == said), None)
    if found is None:
        raise Refused(gettext("Please choose a role."))
    role: UserRole = found
    return role
