"""Articles in the window."""

import re

import httpx
import pytest

from smtpd_billbee.model.article import Recognition
from smtpd_billbee.model.user import UserRole
from tests.making import OWNER
from tests.web.asking import Visitor, Window
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.selling import (
    CLERK,
    CUP,
    EVIL,
    FOREIGN_SHOP,
    READER,
    RED,
    STRANGER,
    USER,
    WOOL,
    accounts,
    articles_of,
    sell,
    strays,
)

ADMIN = "admin@example.org"


@pytest.fixture
async def shop(window: Window) -> Window:
    """A shop that has sold, and a foreign one."""
    await accounts(window)
    await sell(window.store, "1", CUP, WOOL)
    await sell(window.store, "2", CUP, days=40)
    await sell(window.store, "3", EVIL)
    await sell(window.store, "F", CUP, shop=FOREIGN_SHOP)
    return window


async def test_the_list(shop: Window) -> None:
    """SKU, title, price and what was sold in the last 30 days; words of customers are text; /articles leads there."""
    async with shop.signed_in(READER) as reader:
        assert (303, "/articles/list") == (
            (answer := await reader.get("/articles")).status_code,
            answer.headers["location"],
        )
        page = (await reader.get("/articles/list")).text
        row = re.sub(r"<[^>]+>|\s+", " ", re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[2])

        assert ["TAS-1", "Tasse", "Blau", "10.00", "2"] == row.split()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
        found = (await reader.get("/articles/list?q=blau+tas&sort=title__desc")).text
        assert (True, False) == ("TAS-1" in found, "=cmd" in found)
        assert 200 == (await reader.get("/articles/list?q=%00&sort=sold__asc")).status_code


async def test_one_article(shop: Window) -> None:
    """Its months, its orders, its sources."""
    article = (await articles_of(shop.store))["TAS-1"]
    async with shop.signed_in(USER, "de") as owner:
        page = (await owner.get(f"/articles/{article}")).text

        assert re.search(r"20,00\s€", page)
        for words in ("Teeladen", "TAS-1", "Tasse Blau", "10,00", "Verkäufe nach Monaten", ">1</a>", ">2</a>"):
            assert words in page
        moved = await owner.get(f"/articles/detail?pk={article}")
        assert (303, f"/articles/{article}") == (moved.status_code, moved.headers["location"])


async def test_nobody_sees_a_foreign_article(shop: Window) -> None:
    """A foreign number answers like one that does not exist, on every page; the administrator sees all."""
    await shop.user(ADMIN, UserRole.ADMINISTRATOR)
    foreign = next(iter((await articles_of(shop.store, "other@example.org")).values()))
    async with shop.signed_in(USER) as owner, shop.signed_in(ADMIN) as admin:
        for number in (foreign, 999_999):
            assert 404 == (await owner.get(f"/articles/{number}")).status_code
            answer = await owner.post(f"/articles/{number}", "/articles/import", title="x")
            assert 404 == answer.status_code
        assert 200 == (await admin.get(f"/articles/{foreign}")).status_code
    async with shop.signed_in(STRANGER) as stranger:
        for path in ("/articles/list", "/articles/unassigned", "/articles/titles", "/articles/articles.csv"):
            text = (await stranger.get(path)).text
            assert (False, False) == ("Wolle" in text, "=cmd" in text)
        given = await stranger.post(
            "/articles/unassigned", "/articles/import", account="1", title=WOOL.title, sku="TAS-1"
        )
        assert 404 == given.status_code


async def test_changing(shop: Window) -> None:
    """Title, EAN and price; a mistake is told; whoever saw an older article overwrites nothing; a reader may not."""
    number = (await articles_of(shop.store))["TAS-1"]
    path = f"/articles/{number}"
    was = {"was_title": "Tasse Blau", "was_ean": "", "was_price": "10.00"}
    async with shop.signed_in(CLERK) as clerk:
        for wrong, words in ({"ean": "123"}, "no EAN"), ({"price": "1.234"}, "no price"), ({"title": " "}, "title has"):
            answer = await clerk.post(path, **{"title": "Tasse", **was, **wrong})
            assert (422, True) == (answer.status_code, words in answer.text)
        saved = await clerk.post(path, title="Becher", ean="4006381333931", price="1.234,50", **was)
        again = await clerk.post(path, title="Krug", **was)

        assert (303, 409) == (saved.status_code, again.status_code)
        assert ("Becher", True, True) == (
            re.findall(r'id="title"[^>]*value="([^"]*)"', again.text)[0], "1234.50" in again.text,
            "changed this article meanwhile" in again.text,
        )  # fmt: skip
    async with shop.signed_in(READER) as reader:
        assert 403 == (await reader.post(path, "/", title="x")).status_code
        assert "disabled" in (await reader.get(path)).text


async def test_items_without_article(shop: Window) -> None:
    """One, or all of a title, go to an article by its SKU, or make one; unknown SKUs are told."""
    await sell(shop.store, "4", WOOL)
    page = "/articles/unassigned"
    async with shop.signed_in(CLERK) as clerk:
        shown = (await clerk.get(f"{page}?title=Wolle+%26+Garn")).text
        item = re.findall(r'name="item" value="(\d+)"', shown)[0]
        account = re.findall(r'name="account" value="(\d+)"', shown)[0]
        unknown = await clerk.post(page, item=item, sku="NO-1")
        assert "no article with the SKU NO-1" in (await clerk.get(unknown.headers["location"])).text
        await clerk.post(page, item=item, sku="tas-1")
        assert "1 item<" in (await clerk.get(page)).text
        taken = await clerk.post(page, account=account, title=WOOL.title, sku="TAS-1", act="new")
        assert "already" in (await clerk.get(taken.headers["location"])).text
        await clerk.post(page, account=account, title=WOOL.title, sku="W-1", act="new")
        gone = await clerk.post(page, "/articles/import", account=account, title=WOOL.title, sku="W-1", act="give")
        assert 404 == gone.status_code
    await sell(shop.store, "5", WOOL)

    assert [] == await strays(shop.store)
    assert "W-1" in await articles_of(shop.store)
    async with shop.signed_in(READER) as reader:
        assert 403 == (await reader.post(page, "/", item=item, sku="TAS-1")).status_code


async def test_another_title_is_never_bound_in_silence(shop: Window) -> None:
    """It is listed until somebody says what it is."""
    page = "/articles/titles"
    await sell(shop.store, "4", RED)
    await sell(shop.store, "5", EVIL, CUP)
    async with shop.signed_in(CLERK) as clerk:
        shown = (await clerk.get(page)).text
        number = re.findall(r'name="id" value="(\d+)"', shown)
        assert (1, True) == (len(set(number)), "Tasse Rot" in shown)
        same_sku = await clerk.post(page, id=number[0], sku="TAS-1", act="part")
        assert "of the article itself" in (await clerk.get(same_sku.headers["location"])).text
        moved = await clerk.post(page, id=number[0], sku="TAS-2", act="part")
        made = (await articles_of(shop.store))["TAS-2"]
        assert f"/articles/{made}" == moved.headers["location"]
        assert "Tasse Rot" not in (await clerk.get(page)).text
        assert 404 == (await clerk.post(page, "/articles/import", id=number[0], act="same")).status_code


async def test_the_export(shop: Window) -> None:
    """As the page's language expects it; nothing in it is a formula."""
    async with shop.signed_in(READER, "de") as reader:
        file = await reader.get("/articles/articles.csv")
        text = file.content.decode("utf-8-sig")

        assert ["SKU;Titel;EAN;Preis", "TAS-1;Tasse Blau;;10,00"] == [text.splitlines()[at] for at in (0, 2)]
        assert text.splitlines()[1].startswith("\"'=cmd|")
        assert 'attachment; filename="articles.csv"' == file.headers["content-disposition"]
        assert (await reader.get("/articles/articles.xlsx")).content.startswith(b"PK")
        assert 404 == (await reader.get("/articles/articles.exe")).status_code


async def uploaded(clerk: Visitor, content: bytes, name: str = "a.csv", **fields: str) -> httpx.Response:
    """Send the form with its file; the token goes in the header, as scripts send it."""
    shown = await clerk.get("/articles/import")
    token = re.findall(r'name="csrftoken"[^>]*value="([^"]+)"', shown.text)[0]
    headers = {"x-csrftoken": token}
    return await clerk.client.post("/articles/import", data=fields, files={"file": (name, content)}, headers=headers)


async def imported(clerk: Visitor, content: bytes, name: str = "a.csv", **fields: str) -> str:
    answer = await uploaded(clerk, content, name, **fields)
    assert answer.status_code in (200, 422), answer.text
    return answer.text


async def test_the_import(shop: Window) -> None:
    """A preview with each complaint, nothing saved before; then it is done.  A reader does not see the page."""
    content = b"SKU;Titel;EAN;Preis\nTAS-1;Tasse Blau;4006381333931;11,00\nNEU-1;Neu;;\n;x;;\nB;y;12;\n"
    async with shop.signed_in(CLERK) as clerk:
        shown = await imported(clerk, content)
        for words in (
            "1 article is new",
            "1 is changed",
            "2 lines cannot be read",
            "Line 4",
            "Line 5",
            "EAN: &#39;12&#39;",
        ):
            assert words in shown, words
        assert "NEU-1" not in await articles_of(shop.store)
        fields = dict(re.findall(r'name="(act|account|content)" value="([^"]*)"', shown))
        done = await clerk.post("/articles/import", **fields)
        assert "1 articles are new, 1 were changed, 2 lines" in (await clerk.get(done.headers["location"])).text
        assert "NEU-1" in await articles_of(shop.store)
        assert "choose a file" in await imported(clerk, b"")
        assert "neither a CSV" in await imported(clerk, b"PK\x03\x04", "a.xlsx")
        broken = await clerk.post("/articles/import", act="take", content="%%")
        assert 400 == broken.status_code
    async with shop.signed_in(READER) as reader:
        assert 403 == (await reader.get("/articles/import")).status_code


async def test_the_administrator_names_the_account(shop: Window) -> None:
    """His file goes to the account that he chose; to none that does not exist."""
    await shop.user(ADMIN, UserRole.ADMINISTRATOR)
    async with shop.store.reading() as tx:
        account = await tx.accounts.by_email(OWNER)
    assert account
    async with shop.signed_in(ADMIN) as admin:
        assert OWNER in (await admin.get("/articles/import")).text
        assert "1 article is new" in await imported(admin, b"SKU;Title\nX-1;x", account=str(account.id))
        answer = await uploaded(admin, b"SKU;Title\nX-1;x", account="999")
        assert 404 == answer.status_code


async def test_the_end_of_an_article(shop: Window) -> None:
    """A clerk merges and deletes; a reader may not, and another account's article is not there."""
    mine = await articles_of(shop.store)
    first, second = mine["TAS-1"], mine[EVIL.sku or ""]
    async with shop.signed_in(CLERK) as clerk, shop.signed_in(READER) as reader, shop.signed_in(STRANGER) as other:
        path = f"/articles/{first}/end"
        assert (403, 404) == ((await reader.get(path)).status_code, (await other.get(path)).status_code)
        for act in ("merge", "delete"):
            refused = await other.post(f"{path}/{act}", page="/articles/recognition", sku=EVIL.sku)
            assert 404 == refused.status_code
        wrong = await clerk.post(f"{path}/merge", page=path, sku="<b>no</b>")
        merged = await clerk.post(f"{path}/merge", page=path, sku=EVIL.sku)
        deleted = await clerk.post(f"/articles/{second}/end/delete", page=f"/articles/{second}/end")
        gone = await clerk.get(f"/articles/{second}")

    assert (422, True) == (wrong.status_code, "&lt;b&gt;no" in wrong.text)
    assert (f"/articles/{second}", "/articles/list") == (merged.headers["location"], deleted.headers["location"])
    assert 404 == gone.status_code


async def test_recognition(shop: Window) -> None:
    """An owner switches it; a clerk looks on; something must be left; another's account is not there."""
    async with shop.signed_in(CLERK) as clerk, shop.signed_in(STRANGER) as other:
        async with shop.store.reading() as tx:
            account, theirs = (each.id for each in await tx.accounts.all())
        path = "/articles/recognition"
        refused = await clerk.post(path, by_ean="on")
        foreign = await other.get(f"{path}?account={account}")
        nothing = await other.post(path)
        saved = await other.post(path, by_sku="on", by_ean="on")
        async with shop.store.reading() as tx:
            switched = await tx.recognition.switches(theirs), await tx.recognition.switches(account)

    assert (403, 404, 422, 303) == tuple(each.status_code for each in (refused, foreign, nothing, saved))
    assert (Recognition(True, True), Recognition()) == switched


@needs_browser
@pytest.mark.parametrize("phone", [False, True])
async def test_in_the_browser(shop: Window, phone: bool) -> None:
    """From the list to an article, changed and saved; a chart is drawn; nothing is wider than the window."""
    async with page_of(shop, "de", phone=phone) as page:
        await sign_in(page, CLERK)
        await page.goto("/articles/list")
        await page.click("text=TAS-1")
        await page.wait_for_selector(".apexcharts-svg")
        await page.fill("#title", "Becher")
        await page.click("text=Speichern")
        assert "Der Artikel ist gespeichert." in str(await page.text_content("#alertContainer"))
        assert "Becher" == await page.input_value("#title")
        for path in (
            "/articles/list",
            "/articles/unassigned?title=Wolle+%26+Garn",
            "/articles/titles",
            "/articles/import",
            "/articles/recognition",
            f"/articles/{(await articles_of(shop.store))['TAS-1']}/end",
        ):
            await page.goto(path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)
