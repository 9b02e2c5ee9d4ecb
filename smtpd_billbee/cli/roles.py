"""The option that names some of the roles: what this node does, of all that an installation does."""

from typing import Annotated

import typer

from smtpd_billbee.app import ALL_ROLES, Role

Only = Annotated[str | None, typer.Option(help=f"Some of the roles {', '.join(Role)}; several processes can share.")]


def roles_of(only: str | None) -> frozenset[Role]:
    """The roles that are named; all of them without the option."""
    if only is None:
        return ALL_ROLES
    try:
        return frozenset(Role(word.strip()) for word in only.split(","))
    except ValueError:
        raise typer.BadParameter(f"{only!r}: the roles are {', '.join(Role)}") from None
