"""Who is signed in: a signed cookie with the user's number and the stamp of his password.

There is nothing to keep on our side: another password, or a user who may no longer sign in, ends every session.
"""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from smtpd_billbee.model.user import User
from smtpd_billbee.store.store import Store

COOKIE = "smtpd_billbee_session"
LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Signs and reads the cookie.  `secure`: the browser sends it over TLS only."""

    key: bytes
    secure: bool

    def begin(self, response: Response, user: User) -> None:
        """Sign a user in."""
        response.set_cookie(
            COOKIE, self._signer().dumps([user.id, user.stamp]), max_age=int(LIFETIME.total_seconds()), path="/",
            secure=self.secure, httponly=True, samesite="lax",
        )  # fmt: skip

    def end(self, response: Response) -> None:
        """Sign out."""
        response.delete_cookie(COOKIE, path="/", secure=self.secure, httponly=True, samesite="lax")

    def is_ours(self, request: HTTPConnection) -> bool:
        """Whether we signed the request's cookie; its user may have gone since."""
        try:
            self._signer().loads(request.cookies.get(COOKIE, ""), max_age=int(LIFETIME.total_seconds()))
        except BadSignature:
            return False
        return True

    async def user_of(self, request: HTTPConnection, store: Store) -> User | None:
        """The signed-in user of a request, if the session still holds."""
        try:
            signed = request.cookies.get(COOKIE, "")
            user_id, stamp = self._signer().loads(signed, max_age=int(LIFETIME.total_seconds()))
        except (BadSignature, ValueError, TypeError):
            return None
        async with store.reading() as tx:
            user = await tx.users.get(int(user_id))
        return user if user and user.active and user.has_password and user.stamp == stamp else None

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt="session")


@dataclass(frozen=True, slots=True)
class Links:
    """Signed words for links: the first administrator, a first or another password.  Each works for a while, once."""

    key: bytes

    def make(self, purpose: str, *words: str | int) -> str:
        """A word to put into a link."""
        return URLSafeTimedSerializer(self.key, salt=purpose).dumps(list(words))

    def read(self, purpose: str, word: str, lifetime: timedelta) -> list[str | int] | None:
        """What was signed; None for another purpose, a changed word, or one that is too old."""
        try:
            found = URLSafeTimedSerializer(self.key, salt=purpose).loads(word, max_age=int(lifetime.total_seconds()))
        except BadSignature:
            return None
        return list(found)
