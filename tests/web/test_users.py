"""Settings / Users, the own profile, accounts, and forgotten passwords."""

import asyncio
import re
from dataclasses import replace
from email import message_from_bytes, policy

import httpx
import pyotp
import pytest
from sqlalchemy import select

from smtpd_billbee.model.job import Attempt, Later
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.store.tables import journal
from smtpd_billbee.web.sessions import COOKIE
from smtpd_billbee.work import users
from tests.journeys.running import soon
from tests.making import make_shop
from tests.web.asking import PASSWORD, Window, now
from tests.web.browser import needs_browser, page_of, sign_in

OWNER, CLERK, ADMIN, STRANGER = "owner@example.org", "clerk@example.org", "admin@example.org", "stranger@example.org"
NEW = "another horse battery"
OTHER = "other@example.org"


@pytest.fixture
async def people(window: Window) -> dict[str, User]:
    """An account with owner and clerk, another with a stranger, and an administrator."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=23456, email=OTHER)
    return {
        OWNER: await window.user(OWNER, UserRole.OWNER, OWNER),
        CLERK: await window.user(CLERK, UserRole.CLERK, OWNER),
        STRANGER: await window.user(STRANGER, UserRole.OWNER, OTHER),
        ADMIN: await window.user(ADMIN, UserRole.ADMINISTRATOR),
    }


async def kept(window: Window, email: str) -> User:
    """The user as he is kept."""
    async with window.store.reading() as tx:
        user = await tx.users.by_email(email)
    assert user is not None
    return user


def link_in(raw: bytes, window: Window) -> str:
    """The path of the link in a mail of our own."""
    text = message_from_bytes(raw, policy=policy.default).get_content()
    found = re.search(re.escape(window.address) + r"(/password/\S+)", text)
    assert found, text
    return found[1]


async def test_an_invitation(window: Window, people: dict[str, User]) -> None:
    """It is mailed in the account's language, and shown; with it the new user signs in, and then it is gone."""
    async with window.signed_in(OWNER) as owner:
        invited = await owner.post("/settings/users/invite", email="new@example.org", role="clerk")
        page = await owner.get(invited.headers["location"])
    ((recipient, raw),) = window.sent
    mail = message_from_bytes(raw, policy=policy.default)
    path = link_in(raw, window)
    async with window.visitor() as visitor:
        chosen = await visitor.post(path, password=PASSWORD, again=PASSWORD)
    async with window.signed_in(OWNER) as owner:
        later = await owner.get(invited.headers["location"])

    assert ("new@example.org", "Ihr Zugang zu " + window.address) == (recipient, mail["subject"])
    assert "auto-generated" == mail["auto-submitted"]
    assert ("postmaster@inbound.example", True) == (mail["from"].addresses[0].addr_spec, "/password/" in page.text)
    assert (303, False) == (chosen.status_code, "/password/" in later.text)
    user = await kept(window, "new@example.org")
    assert (UserRole.CLERK, people[OWNER].account_id) == (user.role, user.account_id)


async def test_a_mail_that_cannot_be_sent(window: Window, people: dict[str, User]) -> None:
    """The user is made all the same; the page says why, and shows the link."""

    async def refuse(recipient: str, raw: bytes) -> Attempt:
        return Later("451 4.3.0 <try> later")

    object.__setattr__(window.hands, "send", refuse)
    async with window.signed_in(OWNER) as owner:
        invited = await owner.post("/settings/users/invite", email="new@example.org", role="reader")
        page = (await owner.get(invited.headers["location"])).text

    assert (True, True) == ("451 4.3.0 &lt;try&gt; later" in page, "/password/" in page)


@pytest.mark.parametrize(
    ("email", "role"),
    [("no address", "clerk"), ("", "clerk"), ("a@b@c", "clerk"), ("a,b@example.org", "clerk"), (STRANGER, "clerk"),
     ("new@example.org", "administrator"), ("new@example.org", "king"), ("new@example.org", "")],
)  # fmt: skip
async def test_wrong_invitations(window: Window, people: dict[str, User], email: str, role: str) -> None:
    """No user is made, and an owner makes no administrator."""
    async with window.signed_in(OWNER) as owner:
        answer = await owner.post("/settings/users/invite", email=email, role=role)
    async with window.store.reading() as tx:
        assert (422, len(people)) == (answer.status_code, len(await tx.users.all()))
    assert [] == window.sent


async def test_an_administrator_invites_into_any_account(window: Window, people: dict[str, User]) -> None:
    """He says which; another administrator has none."""
    theirs = str(people[STRANGER].account_id)
    async with window.signed_in(ADMIN) as admin:
        answers = [
            await admin.post("/settings/users/invite", email=f"new{number}@example.org", role=role, account=account)
            for number, (role, account) in enumerate((("owner", theirs), ("owner", ""), ("administrator", theirs)))
        ]

    assert [303, 422, 303] == [each.status_code for each in answers]
    assert people[STRANGER].account_id == (await kept(window, "new0@example.org")).account_id
    assert None is (await kept(window, "new2@example.org")).account_id


async def test_a_role_and_a_closed_user(window: Window, people: dict[str, User]) -> None:
    """Another role holds at once; whoever is closed is signed out at once, and can be opened again."""
    path = f"/settings/users/{people[CLERK].id}"
    async with window.signed_in(OWNER) as owner, window.signed_in(CLERK) as clerk:
        await owner.post(path, role="reader", active="1")
        changed = await kept(window, CLERK)
        await owner.post(path, role="reader")
        closed = await clerk.get("/")
        await owner.post(path, role="reader", active="1")
        opened = await clerk.post("/login", email=CLERK, password=PASSWORD)

    assert (UserRole.READER, True) == (changed.role, changed.active)
    assert [(303, True), (303, False)] == [
        (each.status_code, "/login" in each.headers["location"]) for each in (closed, opened)
    ]


async def test_nobody_changes_himself_or_what_is_above_him(window: Window, people: dict[str, User]) -> None:
    """Neither by the form, nor by asking for more than it offers."""
    async with window.signed_in(OWNER) as owner:
        himself = await owner.post(f"/settings/users/{people[OWNER].id}", "/settings/users", role="reader")
        king = await owner.post(f"/settings/users/{people[CLERK].id}", role="administrator", active="1")
    async with window.signed_in(ADMIN) as admin:
        demoted = await admin.post(f"/settings/users/{people[OWNER].id}", role="administrator", active="1")

    assert [303, 422, 422] == [himself.status_code, king.status_code, demoted.status_code]
    assert [UserRole.OWNER, UserRole.CLERK] == [(await kept(window, each)).role for each in (OWNER, CLERK)]
    assert (await kept(window, OWNER)).active


async def test_another_accounts_users(window: Window, people: dict[str, User]) -> None:
    """They are answered like users that do not exist, and are not listed."""
    async with window.signed_in(OWNER) as owner:
        listed = (await owner.get("/settings/users")).text
        answers = [
            await owner.get(f"/settings/users/{number}")
            for number in (people[STRANGER].id, people[ADMIN].id, 99, 10**30)
        ]
        answers += [
            await owner.post(f"/settings/users/{people[each].id}{path}", "/settings/users", role="reader")
            for each in (STRANGER, ADMIN)
            for path in ("", "/invite")
        ]

    assert [404] * 8 == [each.status_code for each in answers]
    assert (True, False, False) == (CLERK in listed, STRANGER in listed, ADMIN in listed)
    assert (await kept(window, STRANGER)).active


async def test_who_sees_users_and_accounts(window: Window, people: dict[str, User]) -> None:
    """Users: owners; accounts: administrators; the profile: everybody."""
    paths = ("/settings/users", "/settings/users/invite", "/settings/accounts", "/settings/accounts/new",
             "/settings/profile")  # fmt: skip
    seen = {}
    for who in (CLERK, OWNER, ADMIN):
        async with window.signed_in(who) as visitor:
            seen[who] = [(await visitor.get(path)).status_code for path in paths]
    async with window.signed_in(OWNER) as owner:
        made = await owner.post("/settings/accounts/new", "/settings/users/invite", email="x@example.org")

    assert [403, 403, 403, 403, 200] == seen[CLERK]
    assert [200, 200, 403, 403, 200] == seen[OWNER]
    assert [200] * 5 == seen[ADMIN]
    assert 403 == made.status_code


async def test_accounts(window: Window, people: dict[str, User]) -> None:
    """An administrator sees each with its shops, and makes one."""
    form = {"email": "third@example.org", "name": "Dritte", "language": "en"}
    async with window.signed_in(ADMIN) as admin:
        answers = [
            await admin.post("/settings/accounts/new", **{**form, **change})
            for change in ({}, {}, {"email": "x"}, {"language": "fr", "email": "x@example.org"})
        ]
        page = (await admin.get("/settings/accounts")).text
        invite = await admin.get(answers[0].headers["location"])
    async with window.store.reading() as tx:
        made = await tx.accounts.by_email("third@example.org")

    assert [303, 422, 422, 422] == [each.status_code for each in answers]
    assert made is not None
    assert ("Dritte", "en", True) == (made.name, made.language, f'value="{made.id}" selected' in invite.text)
    assert (True, True) == ("12345 Teeladen" in page, OTHER in page)


async def test_an_account_is_changed(window: Window, people: dict[str, User]) -> None:
    """An administrator gives it another address for the copies; nobody else sees the page."""
    form = {"email": "new@example.org", "name": "Neu", "language": "en"}
    async with window.store.reading() as tx:
        account = await tx.accounts.by_email(OTHER)
    assert account
    path = f"/settings/accounts/{account.id}"
    async with window.signed_in(ADMIN) as admin, window.signed_in(OWNER) as owner:
        page = (await admin.get(path)).text
        wrong = [
            (await admin.post(path, **{**form, **change})).status_code
            for change in ({"email": "x"}, {"language": "fr"}, {"email": OWNER})
        ]
        missing = [(await admin.get(f"/settings/accounts/{number}")).status_code for number in (99, 10**30)]
        foreign = [(await owner.get(path)).status_code, (await owner.post(path, "/", **form)).status_code]
        saved = await admin.post(path, **form)
    async with window.store.reading() as tx:
        changed = await tx.shop_lists.account(account.id)

    assert f'value="{OTHER}"' in page
    assert ([422] * 3, [404] * 2, [403] * 2, 303) == (wrong, missing, foreign, saved.status_code)
    assert replace(account, email="new@example.org", name="Neu", language="en") == changed


async def test_the_own_password(window: Window, people: dict[str, User]) -> None:
    """The old one is asked for; every other session ends, this one goes on."""
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    async with window.signed_in(CLERK) as here, window.signed_in(CLERK) as elsewhere:
        wrong = [
            await here.post("/settings/profile/password", "/settings/profile", **{**form, **change})
            for change in ({"old": "wrong"}, {"again": PASSWORD}, {"password": "short", "again": "short"})
        ]
        right = await here.post("/settings/profile/password", "/settings/profile", **form)
        there = await here.get("/"), await elsewhere.get("/")

    assert [422, 422, 422, 303] == [each.status_code for each in (*wrong, right)]
    assert [200, 303] == [each.status_code for each in there]


async def test_an_open_session_is_no_way_to_guess_the_password(window: Window, people: dict[str, User]) -> None:
    """After five wrong ones even the right one must wait."""
    form = {"old": "wrong", "password": NEW, "again": NEW}
    async with window.signed_in(CLERK) as here:
        for _ in range(5):
            await here.post("/settings/profile/password", "/settings/profile", **form)
        late = await here.post("/settings/profile/password", "/settings/profile", **{**form, "old": PASSWORD})

    assert (422, True) == (late.status_code, "Too many attempts" in late.text)


async def test_the_second_factor(window: Window, people: dict[str, User]) -> None:
    """On by a code of the app, with picture and address; off by the password."""
    async with window.signed_in(CLERK) as here:
        page = (await here.get("/settings/profile")).text
        secret = re.search(r"secret=([A-Z2-7]{32})", page)
        word = re.search(r'name="word" value="([^"]+)"', page)
        assert secret
        assert word
        path = "/settings/profile/totp"
        code = pyotp.TOTP(secret[1]).now()
        forged = await here.post(path, "/settings/profile", word=word[1] + "x", code=code)
        wrong = await here.post(path, "/settings/profile", word=word[1], code="000000")
        before = (await kept(window, CLERK)).has_totp
        await here.post(path, "/settings/profile", word=word[1], code=code)
        on = (await kept(window, CLERK)).has_totp
        refused = await here.post(f"{path}/off", "/settings/profile", old="wrong")
        await here.post(f"{path}/off", "/settings/profile", old=PASSWORD)

    assert (True, True) == ("otpauth://totp/" in page, "<svg" in page)
    assert (303, 422, True, 422) == (
        forged.status_code,
        wrong.status_code,
        secret[1] in wrong.text,
        refused.status_code,
    )
    assert [False, True, False] == [before, on, (await kept(window, CLERK)).has_totp]


async def test_a_lost_phone(window: Window, people: dict[str, User]) -> None:
    """An owner switches a clerk's second factor off, a clerk and another account's owner do not; it is noted."""
    secret = users.new_totp_secret()
    await users.set_totp(window.store, people[CLERK], secret, pyotp.TOTP(secret).now(), CLERK, now())
    path, asking = f"/settings/users/{people[CLERK].id}/second-factor-off", "/settings/profile"
    async with window.signed_in(OWNER) as owner, window.signed_in(STRANGER) as stranger:
        refused = [(await stranger.post(path, asking)).status_code, (await owner.get(path)).status_code]
        before = (await kept(window, CLERK)).has_totp
        offered = "second-factor-off" in (await owner.get(f"/settings/users/{people[CLERK].id}")).text
        answer = await owner.post(path, asking)
    async with window.store.reading() as tx:
        off = select(journal.c.actor, journal.c.detail).where(journal.c.action == "second factor off")
        notes = [tuple(row) for row in await tx.connection.execute(off)]

    assert ([404, 405], True, True, 303) == (refused, before, offered, answer.status_code)
    assert not (await kept(window, CLERK)).has_totp
    assert [(OWNER, {"user": people[CLERK].id})] == notes


async def test_a_secret_of_somebody_else(window: Window, people: dict[str, User]) -> None:
    """A form that was made for another user turns nothing on."""
    async with window.signed_in(OWNER) as owner, window.signed_in(CLERK) as clerk:
        page = (await owner.get("/settings/profile")).text
        secret, word = re.search(r"secret=([A-Z2-7]{32})", page), re.search(r'name="word" value="([^"]+)"', page)
        assert secret
        assert word
        code = pyotp.TOTP(secret[1]).now()
        await clerk.post("/settings/profile/totp", "/settings/profile", word=word[1], code=code)

    assert not (await kept(window, CLERK)).has_totp


async def test_the_own_language(window: Window, people: dict[str, User]) -> None:
    """It holds at once, and after the next sign-in wherever that is."""
    async with window.signed_in(CLERK) as here:
        before = (await here.get("/settings/profile")).text
        await here.post("/settings/profile/language", "/settings/profile", language="xx")
        await here.post("/settings/profile/language", "/settings/profile", language="de")
        after = (await here.get("/settings/profile")).text
    async with window.signed_in(CLERK, "en") as elsewhere:
        later = (await elsewhere.get("/settings/profile")).text

    assert [True, True, True] == ["Old password" in before, "Altes Passwort" in after, "Altes Passwort" in later]


async def ask(window: Window, email: str, patience: float = 0.3) -> httpx.Response:
    """Say that a password is forgotten; the mail goes after the answer, or, in so many seconds, none does."""
    before = len(window.sent)

    async def is_sent() -> bool:
        return len(window.sent) > before

    async with window.visitor() as visitor:
        answer = await visitor.post("/forgot", email=email)
        await soon(is_sent, patience)
        return answer


async def test_a_forgotten_password(window: Window, people: dict[str, User]) -> None:
    """A mail brings a link, which works once."""
    asked = await ask(window, CLERK.upper(), 10)
    ((recipient, raw),) = window.sent
    path = link_in(raw, window)
    async with window.visitor() as visitor:
        chosen = await visitor.post(path, password=NEW, again=NEW)
        again = await visitor.get(path)

    assert (200, CLERK, 303, 410) == (asked.status_code, recipient, chosen.status_code, again.status_code)
    assert COOKIE in chosen.headers["set-cookie"]


async def test_a_stranger_learns_nothing(window: Window, people: dict[str, User]) -> None:
    """The same answer for a user, for nobody, and for one who is closed; only the first gets a mail."""
    async with window.store.transaction() as tx:
        await tx.users.set_role(people[OWNER].id, UserRole.OWNER, False)
    answers = [await ask(window, CLERK, 10), *[await ask(window, email) for email in ("nobody@example.org", OWNER)]]

    assert 1 == len({re.sub(r'nonce="[^"]*"|value="[^"]*"', "", each.text) for each in answers})
    assert [CLERK] == [recipient for recipient, _ in window.sent]


async def test_the_answer_does_not_wait_for_the_mail(window: Window, people: dict[str, User]) -> None:
    """Else its time would tell who exists."""
    waiting = asyncio.Event()

    async def slow(recipient: str, raw: bytes) -> Attempt:
        await waiting.wait()
        return Later("451")

    object.__setattr__(window.hands, "send", slow)
    async with window.visitor() as visitor, asyncio.timeout(5):
        answer = await visitor.post("/forgot", email=CLERK)
    waiting.set()

    assert 200 == answer.status_code


async def test_mails_are_not_sent_again_and_again(window: Window, people: dict[str, User]) -> None:
    """One for an address, then a pause; the answer stays the same."""
    answers = [await ask(window, CLERK, 10), *[await ask(window, CLERK) for _ in range(2)]]

    assert [200] * 3 == [each.status_code for each in answers]
    assert 1 == len(window.sent)


async def test_a_reset_does_not_pass_the_second_factor(window: Window, people: dict[str, User]) -> None:
    """Whoever reads the mailbox has one factor: the code is asked for all the same."""
    secret = users.new_totp_secret()
    await users.set_totp(window.store, people[CLERK], secret, pyotp.TOTP(secret).now(), "test", now())
    await ask(window, CLERK, 10)
    async with window.visitor() as visitor:
        chosen = await visitor.post(link_in(window.sent[0][1], window), password=NEW, again=NEW)
        home = await visitor.get("/")

    assert (200, 303) == (chosen.status_code, home.status_code)
    assert COOKIE not in chosen.headers.get("set-cookie", "")


@needs_browser
async def test_an_invitation_in_the_browser(window: Window, people: dict[str, User]) -> None:
    """An owner invites on a phone by keyboard, copies the link; the second factor's picture is on his own page."""
    async with page_of(window, phone=True) as page:
        await sign_in(page, OWNER)
        await page.goto("/settings/users/invite")
        await page.wait_for_selector("[name=email]:focus")  # the page gives it the focus a moment after it has loaded
        await page.keyboard.type("new@example.org")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=per E-Mail unterwegs")
        await page.click("button[data-copy]")
        await page.wait_for_selector("text=Kopiert")
        assert 360 == await page.evaluate("document.documentElement.scrollWidth")
        await page.goto("/settings/profile")
        await page.click("summary")
        assert await page.is_visible(".qr-code svg")
        assert 360 == await page.evaluate("document.documentElement.scrollWidth")
    assert UserRole.OWNER == (await kept(window, "new@example.org")).role
