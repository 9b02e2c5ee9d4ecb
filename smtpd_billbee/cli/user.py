"""user: who may sign in to the window."""

from typing import Annotated

import typer

from smtpd_billbee.cli.context import ACTOR, AsJson, print_json, print_table, run, store_of
from smtpd_billbee.clock import now
from smtpd_billbee.config import AccountSettings, checked
from smtpd_billbee.errors import NoSuchThing
from smtpd_billbee.links import password_link
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import users

app = typer.Typer(help="Users: who may sign in to the window, and what each may do there.")

Email = Annotated[str, typer.Argument(help="The address the user signs in with.")]


def _as_json(user: User) -> dict[str, object]:
    return {
        "id": user.id, "email": user.email, "role": user.role.value, "account_id": user.account_id,
        "active": user.active, "has_password": user.has_password, "has_totp": user.has_totp,
    }  # fmt: skip


@app.command()
def add(
    context: typer.Context,
    email: Email,
    role: Annotated[
        UserRole, typer.Option(help="administrator: every account; owner, clerk, reader: those of one account.")
    ] = UserRole.OWNER,
    account: Annotated[str | None, typer.Option(help="The registered address of the account.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a user, and print the link with which he chooses his password."""
    settings = checked(AccountSettings, {"email": email})

    async def work() -> tuple[User, str]:
        async with store_of(context, makes=True) as store:
            user = await users.add_user(store, settings.email, role, account, ACTOR, now())
            return user, await password_link(context.obj.config, store, user)

    user, link = run(work)
    if as_json:
        print_json(_as_json(user) | {"link": link})
    else:
        typer.echo(f"User {user.email} ({user.role.value}). A password is chosen at\n{link}\nwithin seven days.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every user."""

    async def work() -> list[User]:
        async with store_of(context) as store, store.reading() as tx:
            return await tx.users.all()

    found = run(work)
    if as_json:
        print_json([_as_json(user) for user in found])
    else:
        rows = [(user.email, user.role.value, user.account_id, "" if user.active else "closed") for user in found]
        print_table(("address", "role", "account", ""), rows, "There are no users yet: user add EMAIL")


@app.command("second-factor-off")
def second_factor_off(context: typer.Context, email: Email) -> None:
    """Switch off the second factor of a user who has lost his phone."""

    async def work() -> bool:
        async with store_of(context) as store:
            user = await _user_with(store, email)
            if user.has_totp:
                await users.set_totp(store, user, None, "", ACTOR, now())
            return user.has_totp

    was_on = run(work)
    typer.echo(f"The second factor of {email} {'is off now' if was_on else 'was off already'}.")


@app.command()
def password(context: typer.Context, email: Email) -> None:
    """Print a link with which a user chooses another password."""

    async def work() -> str:
        async with store_of(context) as store:
            return await password_link(context.obj.config, store, await _user_with(store, email))

    typer.echo(run(work))


async def _user_with(store: Store, email: str) -> User:
    async with store.reading() as tx:
        user = await tx.users.by_email(email)
    if user is None:
        raise NoSuchThing(f"there is no user with the address {email}")
    return user
