"""A page of our own: who may see it, and how it is shown."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.views import CustomView

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web.context import may

SEE_OTHER = 303


class Page(CustomView):
    """A page within the frame and its menu.  `role`: who may see it."""

    role = UserRole.READER

    def __init_subclass__(cls) -> None:
        """Each first route has a name of its own: the framework would call all of them `index`, the start page's."""
        if "route_name" not in cls.__dict__:
            cls.route_name = cls.__name__

    def is_accessible(self, request: Request) -> bool:
        return may(request, self.role)

    def is_active(self, request: Request) -> bool:
        path = request.scope["path"].removeprefix(request.scope["root_path"]) or "/"
        return bool(path == self.path or (self.path != "/" and path.startswith(f"{self.path}/")))

    def shown(self, request: Request, template: str, status: int = 200, **words: Any) -> Response:
        """The template, filled."""
        assert self._admin is not None
        return self._admin._template_response(request, template, {"view": self, **words}, status)

    def go(self, request: Request, path: str, said: str = "", kind: str = "success") -> Response:
        """On to another page, with a sentence on top of it."""
        if said:
            flash(request, said, kind)
        return RedirectResponse(path, SEE_OTHER)
