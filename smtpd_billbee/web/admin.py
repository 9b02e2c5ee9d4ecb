"""The pages together: the framework with our templates, texts, sign-in and headers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.base import BaseAdmin
from starlette_admin.i18n import I18nConfig
from starlette_admin.views import BaseView, CustomView

from smtpd_billbee.web import language
from smtpd_billbee.web.clean_words import CleanWords
from smtpd_billbee.web.context import Context
from smtpd_billbee.web.error_pages import TOO_OLD, BrokenPages, Words, words_of
from smtpd_billbee.web.figures import moment
from smtpd_billbee.web.language import Language, load_catalogs
from smtpd_billbee.web.one_host import OneHost
from smtpd_billbee.web.security import SecurityHeaders, WithNonce
from smtpd_billbee.web.sign_in import SignIn
from smtpd_billbee.web.size_limit import SizeLimit
from smtpd_billbee.web.spool import Csrf

TITLE = "smtpd-billbee"
_BROKEN = HTTPException(500)
_FOLDER = Path(str(resources.files("smtpd_billbee.web")))


class Pages(BaseAdmin):
    """The framework's admin, mounted at the root."""

    def __init__(self, context: Context, home: CustomView) -> None:
        load_catalogs()
        self._uploads = context.uploads
        super().__init__(
            title=TITLE,
            base_url="/",
            templates_dir=str(_FOLDER / "templates"),
            static_dir=str(_FOLDER / "static"),
            favicon_url="/static/favicon.svg",
            index_view=home,
            auth_provider=SignIn(context),
            secret_key=context.sessions.key.hex(),
            middlewares=[
                Middleware(OneHost, secure=context.settings.secure),
                Middleware(Language),
                Middleware(SecurityHeaders),
                Middleware(BrokenPages, page=self._error_page),
                Middleware(CleanWords),
                Middleware(SizeLimit, context=context),
            ],
            i18n_config=I18nConfig(
                default_locale=language.LANGUAGES[0],
                language_cookie_name=language.COOKIE,
                language_switcher=list(language.LANGUAGES),
            ),
            timezone_config=None,
        )

    def _init_locale(self) -> None:
        """Ours reads the browser's whole list of languages; the framework's only knows a bare 'de'."""

    def _init_csrf(self) -> None:
        """The framework's guard, which keeps no upload in memory."""
        assert self.secret_key is not None
        self.middlewares.append(Middleware(Csrf, secret_key=self.secret_key, refusal=self._too_old))

    async def _render_error(self, request: Request, exc: Exception = _BROKEN) -> Response:
        """The framework's page has a number and English words."""
        assert isinstance(exc, HTTPException)
        answer = await self._error_page(request, exc.status_code, words_of(exc.status_code, exc.detail))
        answer.headers.update(exc.headers or {})
        return answer

    async def _too_old(self, request: Request) -> Response:
        """A form without its token, or with an old one: it is refused before anybody asks who sent it."""
        assert self.auth_provider is not None
        request.state.admin_user = await self.auth_provider.authenticate(request)
        return await self._error_page(request, 403, TOO_OLD)

    async def _error_page(self, request: Request, status: int, words: Words) -> Response:
        """In the frame for whoever is signed in."""
        context = {"words": words, "flashed_messages": []}
        return self.templates.TemplateResponse(request, "error.html", context, status)

    def _setup_templates(self) -> None:
        super()._setup_templates()
        env: Environment = self.templates.env
        assert isinstance(env.loader, BaseLoader)
        env.loader = WithNonce(env.loader)
        env.globals["local_moment"] = moment
        env.globals["plugin_css_links"] = lambda request: static_links("window.css")
        env.globals["plugin_js_links"] = lambda request: static_links("to_check.js")

    @asynccontextmanager
    async def _living(self, _app: Starlette) -> AsyncIterator[None]:
        """Files that wait for a word end with the window."""
        try:
            yield
        finally:
            self._uploads.close()

    def mounted(self, views: list[BaseView]) -> Starlette:
        """The application with these pages in its menu."""
        for view in views:
            self.add_view(view)
        app = Starlette(lifespan=self._living)
        self.mount_to(app)
        return app


def static_links(*names: str) -> list[Any]:
    """Our own scripts or styles by name."""
    return [f"/static/{name}" for name in names]
