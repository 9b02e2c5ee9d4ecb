"""Signing in, the first administrator, passwords, sessions."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.tables import journal
from smtpd_billbee.web.sessions import COOKIE, Links
from smtpd_billbee.work import owners, sessions, staff, users
from tests.web.asking import KEY, PASSWORD, Window, now

ADMIN = "admin@example.org"


async def test_the_very_first_visit(window: Window) -> None:
    """The sign-in page says where the link for the first administrator is, while nobody can sign in."""
    async with window.visitor() as visitor:
        before = (await visitor.get("/login")).text
        await window.user("admin@example.org", UserRole.ADMINISTRATOR)
        after = (await visitor.get("/login")).text

    assert [True, False] == ["Nobody can sign in yet" in page for page in (before, after)]


async def test_nobody_sees_a_page_without_signing_in(window: Window) -> None:
    """Every page sends a stranger to the sign-in."""
    async with window.visitor() as visitor:
        answer = await visitor.get("/")

        assert (303, "/login") == (
            answer.status_code,
            answer.headers["location"].split("?")[0].removeprefix(window.address),
        )


async def test_the_first_administrator(window: Window) -> None:
    """The link makes one, signs him in, and does not work again."""
    link = f"/first/{Links(KEY).make('first')}"
    async with window.visitor() as visitor:
        made = await visitor.post(link, email=ADMIN, password=PASSWORD, again=PASSWORD)
        home = await visitor.get("/")

        assert (303, 200) == (made.status_code, home.status_code)
    async with window.visitor() as other:
        assert 410 == (await other.get(link)).status_code


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "10 to 200 characters"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "10 to 200 characters"),
        (PASSWORD, "another one!", "not the same"),
    ],
)
async def test_weak_passwords(window: Window, password: str, again: str, words: str) -> None:
    """They are refused with the reason, and nobody is made."""
    link = f"/first/{Links(KEY).make('first')}"
    async with window.visitor() as visitor:
        answer = await visitor.post(link, email=ADMIN, password=password, again=again)

        assert (422, True) == (answer.status_code, words in answer.text)
    async with window.store.reading() as tx:
        assert not await tx.users.any()


@pytest.mark.parametrize(("key", "purpose"), [(KEY, "password"), (b"another key", "first")])
async def test_a_forged_link(window: Window, key: bytes, purpose: str) -> None:
    """A link for another purpose, or signed with another key, makes nobody."""
    word = Links(key).make(purpose, 1, "x")
    async with window.visitor() as visitor:
        assert 410 == (await visitor.get(f"/first/{word}")).status_code


async def test_wrong_passwords_must_wait(window: Window) -> None:
    """After five wrong ones the next try is refused, even with the right password; no answer tells who exists."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.visitor() as visitor:
        answers = [await visitor.post("/login", email=ADMIN, password="wrong") for _ in range(5)]
        stranger = await visitor.post("/login", email="nobody@example.org", password="wrong")
        late = await visitor.post("/login", email=ADMIN, password=PASSWORD)

    assert [422] * 5 == [each.status_code for each in answers]
    assert {429} == {stranger.status_code, late.status_code}
    assert COOKIE not in late.cookies


async def test_a_session_ends_with_the_password(window: Window) -> None:
    """Another password ends every session, as does closing the user."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        assert 200 == (await visitor.get("/")).status_code
        await users.set_password(window.store, user.id, "another battery staple", "test", now())

        assert 303 == (await visitor.get("/")).status_code


async def test_a_forged_cookie(window: Window) -> None:
    """What we did not sign is no session."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.visitor() as visitor:
        for forged in ("", "WzEsIngiXQ.awji6Q.0t_Im2FZTonFIF57ImHFwxcHwn0", "[1]", "\u00e4"):
            visitor.client.cookies.set(COOKIE, forged.encode().hex() if not forged.isascii() else forged)
            assert 303 == (await visitor.get("/")).status_code


async def test_a_second_factor(window: Window) -> None:
    """With one, the password alone is not enough, and a wrong code neither."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    secret = users.new_totp_secret()
    with pytest.raises(Refused):
        await users.set_totp(window.store, user, secret, "000000", "test", now())
    await users.set_totp(window.store, user, secret, pyotp.TOTP(secret).now(), "test", now())
    async with window.visitor() as visitor:
        asked = await visitor.post("/login", email=ADMIN, password=PASSWORD)
        wrong = await visitor.post("/login", email=ADMIN, password=PASSWORD, code="12")
        code = pyotp.TOTP(secret).at(now() + timedelta(seconds=30))
        right = await visitor.post("/login", email=ADMIN, password=PASSWORD, code=code)

    assert (200, True) == (asked.status_code, 'name="code"' in asked.text)
    assert (422, 303) == (wrong.status_code, right.status_code)


async def test_a_code_works_once(window: Window) -> None:
    """Not a second time within its window, not after a later one, not after it turned the factor on (RFC 6238 5.2)."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    secret, at = users.new_totp_secret(), now()
    codes = [pyotp.TOTP(secret).at(at + timedelta(seconds=30 * step)) for step in (-1, 0, 1)]
    await users.set_totp(window.store, user, secret, codes[0], "test", at)
    found = [await users.sign_in(window.store, ADMIN, PASSWORD, codes[step], at) for step in (0, 2, 2, 1)]
    async with window.visitor() as visitor:
        told = await visitor.post("/login", email=ADMIN, password=PASSWORD, code=codes[2])

    assert [True, False, True, True] == [each.code_used for each in found if each]
    assert [True, False, True, True] == [each.wants_code for each in found if each]
    assert (422, True) == (told.status_code, "This code was used already" in told.text)


async def test_a_clock_that_was_ahead(window: Window) -> None:
    """A code that was used while the clock was wrong does not lock its user out until that day comes."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    secret, at = users.new_totp_secret(), now()
    ahead, code = at + timedelta(days=400), pyotp.TOTP(secret).at(at)
    await users.set_totp(window.store, user, secret, pyotp.TOTP(secret).at(ahead), "test", ahead)
    found = [await users.sign_in(window.store, ADMIN, PASSWORD, code, at) for _ in range(2)]

    assert [False, True] == [each.wants_code for each in found if each]


async def test_an_invitation_works_once(window: Window) -> None:
    """A user chooses a first password by a link; with the password the link ends."""
    await owners.add_account(window.store, "owner@example.org", "", "de", "test", now())
    user = await users.add_user(window.store, "clerk@example.org", UserRole.CLERK, "owner@example.org", "test", now())
    link = f"/password/{Links(KEY).make('password', user.id, user.stamp)}"
    async with window.visitor() as visitor:
        chosen = await visitor.post(link, password=PASSWORD, again=PASSWORD)
        assert (303, 410) == (chosen.status_code, (await visitor.get(link)).status_code)


async def test_a_change_needs_the_forms_token(window: Window) -> None:
    """A form that another site sends is refused (CSRF)."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        assert 403 == (await visitor.client.post("/logout")).status_code
        assert 200 == (await visitor.get("/")).status_code


async def test_signing_out(window: Window) -> None:
    """The session of this browser ends."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor:
        await visitor.post("/logout", page="/")
        assert 303 == (await visitor.get("/")).status_code


async def test_a_copied_cookie(window: Window) -> None:
    """Signing out ends the session for good, whoever has copied its cookie; signing in from elsewhere stays."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.signed_in(ADMIN) as visitor, window.signed_in(ADMIN) as elsewhere, window.visitor() as thief:
        thief.client.cookies.set(COOKIE, visitor.client.cookies[COOKIE])
        before = (await thief.get("/")).status_code
        await visitor.post("/logout", page="/")
        after = [(await each.get("/")).status_code for each in (thief, elsewhere)]

    assert (200, [303, 200]) == (before, after)


async def test_sign_out_everywhere(window: Window) -> None:
    """It ends every session of this user, this one as well, and nobody else's; the journal has it."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    await window.user("other@example.org", UserRole.ADMINISTRATOR)
    async with (
        window.signed_in(ADMIN) as here,
        window.signed_in(ADMIN) as there,
        window.signed_in("other@example.org") as other,
    ):
        told = (await here.get("/settings/profile")).text
        answer = await here.post("/settings/profile/sign-out-everywhere", page="/settings/profile")
        after = [(await each.get("/")).status_code for each in (here, there, other)]
    async with window.store.reading() as tx:
        query = select(journal.c.detail).where(journal.c.action == "signed out everywhere")
        noted = list(await tx.connection.scalars(query))

    assert "in 2 browsers" in told
    assert (303, [303, 303, 200]) == (answer.status_code, after)
    assert [{"user": user.id}] == noted


async def test_a_session_lasts_for_two_weeks(window: Window) -> None:
    """Then it is over, and the next one that begins clears it away."""
    user = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    began = now()
    word = await sessions.begin(window.store, user, began)
    later = began + sessions.LIFETIME
    found = [await sessions.user_of(window.store, word, at) for at in (later - timedelta(seconds=1), later)]
    await sessions.begin(window.store, user, later)
    async with window.store.reading() as tx:
        kept = await tx.sessions.count(user.id, began)

    assert [user, None, 1] == [*found, kept]


async def test_a_closed_user_is_signed_out_for_good(window: Window) -> None:
    """Opened again, he signs in again: the sessions of before do not come back."""
    by = await window.user(ADMIN, UserRole.ADMINISTRATOR)
    other = await window.user("other@example.org", UserRole.ADMINISTRATOR)
    async with window.signed_in("other@example.org") as visitor:
        for active in (False, True):
            await staff.change_role(window.store, by, other.id, other.role, active, now())
        answer = await visitor.get("/")

    assert 303 == answer.status_code


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_no_way_to_another_site(window: Window, onward: str) -> None:
    """Whoever signs in stays here, whatever the link to the sign-in says."""
    await window.user(ADMIN, UserRole.ADMINISTRATOR)
    async with window.visitor() as visitor:
        path = f"/login?next={onward}"
        answer = await visitor.post(path, email=ADMIN, password=PASSWORD)

        assert (303, "/") == (answer.status_code, answer.headers["location"])
