"""Pages that cannot be shown: in the frame, in the visitor's language, with a way on."""

import pytest

from smtpd_billbee.model.user import UserRole
from tests.making import make_shop
from tests.web.asking import Window

FORM = "application/x-www-form-urlencoded"
OWNER, READER = "owner@example.org", "reader@example.org"


@pytest.mark.parametrize(
    ("path", "status", "german", "english"),
    [
        ("/nothing-here", 404, "Hier ist nichts", "Nothing is here"),
        ("/imports/new", 403, "Ihre Rolle erlaubt das nicht.", "Your role does not allow this."),
        ("/orders/list?filter=nonsense__in=1", 400, "Dieser Filter geht nicht", "This filter does not work"),
        ("/logout", 405, "Hier ist nichts", "Nothing is here"),
    ],
)
async def test_what_happened(window: Window, path: str, status: int, german: str, english: str) -> None:
    """In German and English, with the menu and a link to the start page; no word of the framework's."""
    await make_shop(window.store)
    await window.user(READER, UserRole.READER, OWNER)
    for language, said, menu in (("de", german, "Abmelden"), ("en", english, "Logout")):
        async with window.signed_in(READER, language) as visitor:
            answer = await visitor.get(path)

        assert status == answer.status_code
        assert [True] * 3 == [words in answer.text for words in (said, menu, '<a href="/">')]
        assert [False] * 2 == [words in answer.text for words in ("Oops", "Invalid")]


async def test_a_page_that_was_open_too_long(window: Window) -> None:
    """A form with an old token says so; who is not signed in sees a card, who is sees the menu."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    async with window.visitor("de") as stranger, window.signed_in(OWNER, "de") as owner:
        answers = [await each.client.post("/forgot", data={"csrftoken": "old"}) for each in (stranger, owner)]

    assert [403, 403] == [each.status_code for each in answers]
    assert all("Die Seite war zu lange offen" in each.text for each in answers)
    assert all("laden Sie die Seite neu" in each.text for each in answers)
    assert [False, True] == ["Abmelden" in each.text for each in answers]


async def test_a_page_that_broke_down(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that the mistake is ours, and shows nothing of it; the policy holds here, too."""

    def broken(*args: object, **words: object) -> None:
        raise ArithmeticError("a secret")

    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    async with window.signed_in(OWNER, "de") as visitor:
        monkeypatch.setattr("smtpd_billbee.web.start.StartPage.shown", broken)
        answer = await visitor.get("/")

    assert (500, True, False) == (answer.status_code, "Ein Fehler von uns" in answer.text, "secret" in answer.text)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "Abmelden" in answer.text


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "said"),
    [
        ("/login", b"--x", "multipart/form-data", 400, "Das war nicht zu verstehen"),
        ("/login", b"&".join(b"a=b" for _ in range(10_001)), FORM, 400, "Das war nicht zu verstehen"),
        ("/login", b"a=%00", FORM, 400, "Zeichen"),
        ("/a%00b", b"", FORM, 404, "Hier ist nichts"),
    ],
)
async def test_refused_early(window: Window, path: str, body: bytes, kind: str, status: int, said: str) -> None:
    """What is refused before its page is asked comes in the frame of all that cannot be shown; one can sign out."""
    await make_shop(window.store)
    await window.user(OWNER, UserRole.OWNER, OWNER)
    async with window.visitor("de") as stranger, window.signed_in(OWNER, "de") as owner:
        headers = {"content-type": kind}
        answers = [await each.client.post(path, content=body, headers=headers) for each in (stranger, owner)]
        token = owner.client.cookies["starlette_admin_csrftoken"].strip('"')

    assert [status] * 2 == [each.status_code for each in answers]
    assert [True] * 2 == [said in each.text and '<a href="/">' in each.text for each in answers]
    assert [False, True] == ["Abmelden" in each.text for each in answers]
    assert f'value="{token}"' in answers[1].text


async def test_too_much(window: Window) -> None:
    """So does what is too large, and the size that may be sent stands there."""
    async with window.visitor("de") as stranger:
        answer = await stranger.client.post("/login", content=b"x" * 70_000)

    assert (413, "close") == (answer.status_code, answer.headers["connection"])
    assert [True] * 3 == [words in answer.text for words in ("Das ist zu viel", "Die Grenze ist 1 MB", '<a href="/">')]
