"""A list of the framework's that is only looked at: what is done with its rows is done on pages of our own."""

from starlette.requests import Request

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.context import may
from smtpd_billbee.web.paged import Paged


class LookOnly(Paged):
    """Everybody who is signed in may look; nothing is made, changed, taken away or taken in here."""

    def is_accessible(self, request: Request) -> bool:
        return may(request, UserRole.READER)

    def can_create(self, request: Request) -> bool:
        return False

    def can_edit(self, request: Request) -> bool:
        return False

    def can_delete(self, request: Request) -> bool:
        return False

    def can_export(self, request: Request) -> bool:
        return False

    def can_import(self, request: Request) -> bool:
        return False
