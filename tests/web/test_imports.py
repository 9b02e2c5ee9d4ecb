"""Importing order files in the window."""

import asyncio
import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.store.tables import shops
from smtpd_billbee.web import uploads
from smtpd_billbee.web.size_limit import AROUND
from smtpd_billbee.web.uploads import LARGEST, LASTS, Upload, Uploads
from smtpd_billbee.work.importing import Wishes
from tests.conftest import NOON
from tests.making import OWNER, SHOP
from tests.web.asking import Visitor, Window
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.mailing import OTHER_SHOP, STRANGER, people

FILES = Path(__file__).parents[1] / "files"
HEAD = "Nr.,Artikel-Nr.,Bestell-Datum,Bezahlmethode,Artikel,Einzelpreis Brutto,Versandkosten Brutto,MwSt. %,Anzahl,"
HEAD += "Preis Brutto,Währung,Rechn. Nachname,Rechn. Vorname,Rechn. Straße,Rechn. Postleitzahl,Rechn. Stadt,Rechn. Land"
ROW = '{},A-1,02.05.2024,PayPal,{},"9,90","4,90",19,1,"9,90",EUR,Muster,Lea,Ringstraße 5,10115,Berlin,Deutschland'


def orders(*numbers: str, title: str = "Tasse") -> bytes:
    """A file in Jimdo's layout."""
    return "\r\n".join([HEAD, *(ROW.format(number, title) for number in numbers)]).encode()


async def send(visitor: Visitor, content: bytes, name: str = "orders.csv", **fields: str) -> str:
    """Fill the dialog; where it leads to."""
    wishes = {"shop": str(SHOP), "vat_mode": "0", "format": "", "source": "", "no_duplicates": "1"} | fields
    answer = await visitor.post("/imports/new", files={"file": (name, content)}, **wishes)
    return answer.headers.get("location", "") if answer.status_code == 303 else answer.text


async def test_a_file_that_is_confirmed_twice(window: Window) -> None:
    """A second click, or Back, leads to what came of the first; nobody else is told."""
    await people(window)
    async with window.signed_in(OWNER) as visitor, window.signed_in(STRANGER) as stranger:
        waiting = await send(visitor, orders("1", "2"))
        first = await visitor.post(waiting, "/imports")
        twice = [await visitor.post(waiting, "/imports"), await visitor.get(waiting), await stranger.get(waiting)]
        told = (await visitor.get(first.headers["location"])).text
        known = await send(visitor, orders("1", "2"))
        nothing_new = [(await visitor.post(known, "/imports")).headers["location"] for _ in range(2)]

    assert ["/imports/1", "/imports/1", "/imports/new"] == [each.headers["location"] for each in twice]
    assert "The file was imported before" in told
    assert ["/imports", "/imports"] == nothing_new


async def test_a_file_that_another_node_has(window: Window) -> None:
    """Behind a load balancer the next page may come from a node that never saw the file: it is not said to be gone."""
    await people(window)
    async with window.signed_in(OWNER) as visitor, window.signed_in(OWNER, "de") as german:
        said = []
        for each in (visitor, german):
            answer = await each.get("/imports/waiting/a-word-of-another-node")
            said.append(unescape((await each.get(answer.headers["location"])).text))

    assert "it is kept for an hour, by the server that received it" in said[0]
    assert "Der Server, der sie bekommen hat" in said[1]


async def test_a_good_file(window: Window) -> None:
    """Dialog, preview, import, result, list; the preview changes nothing; undoing it asks once."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        waiting = await send(visitor, orders("1", "2"), source="Jimdo, May")
        preview = (await visitor.get(waiting)).text
        before = (await visitor.get("/imports")).text
        run = (await visitor.post(waiting)).headers["location"]
        result, listed = (await visitor.get(run)).text, (await visitor.get("/imports")).text
        asked = (await visitor.get(f"{run}/undo")).text
        undone = await visitor.post(f"{run}/undo")
        again = await visitor.post(f"{run}/undo")
        after = unescape((await visitor.get(run)).text)

    assert ("Import now" in preview, "orders.csv" in before, run) == (True, False, "/imports/1")
    assert ("Jimdo, May" in result, "orders.csv" in listed, "are removed" in asked) == (True, True, True)
    assert 2 == len(re.findall(r'href="/orders/\d+"', result))
    assert {303} == {undone.status_code, again.status_code}
    assert "This import was undone on" in after
    async with window.store.reading() as tx:
        assert 0 == len(await tx.orders.list(SHOP))


async def test_duplicates(window: Window) -> None:
    """With the tick a known number is no second order, and a file of them changes nothing; without, it is one."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        for _ in range(2):
            await visitor.post(await send(visitor, orders("1")), "/imports/new")
        await visitor.post(await send(visitor, orders("1"), no_duplicates=""), "/imports/new")
    async with window.store.reading() as tx:
        numbers = sorted(kept.order.number for kept in await tx.orders.list(SHOP))

    assert ["1", "1 (2)"] == numbers


async def test_complaints_line_by_line(window: Window) -> None:
    """Each says its line, in the reader's language; a customer's words are text."""
    await people(window)
    doubts = (FILES / "de-2024-doubts.csv").read_bytes()
    async with window.signed_in(OWNER, "de") as visitor:
        page = (await visitor.get(await send(visitor, doubts))).text
        broken = (await visitor.get(await send(visitor, b"\x00\x01\x02" * 50))).text
        hostile = (await visitor.get(await send(visitor, orders("1", title="<script>alert(1)</script>")))).text
        other = (await visitor.get(await send(visitor, orders("1"), format="xlsx"))).text

    lines = re.findall(r"<tr><td>(\d+)</td>", page)
    assert ["2", "4", "6"] == sorted(set(lines) & {"2", "4", "6"})
    assert "das ist keine Textdatei" in broken
    assert "Jetzt importieren" not in broken
    assert "<script>alert(1)</script>" not in hostile
    assert "Die Datei ist nicht, was Sie gewählt haben" in other


@pytest.mark.parametrize(
    ("fields", "content", "said"),
    [
        ({"shop": ""}, b"x", "Please choose the shop"),
        ({"shop": str(OTHER_SHOP)}, b"x", "Please choose the shop"),
        ({"shop": "9" * 30}, b"x", "Please choose the shop"),
        ({"vat_mode": "7"}, b"x", "Please choose one of the values"),
        ({"format": "pdf"}, b"x", "Please choose one of the values"),
        ({}, b"", "The file is empty"),
    ],
)
async def test_a_wrong_form(window: Window, fields: dict[str, str], content: bytes, said: str) -> None:
    """The dialog comes back with the reason; another account's shop is as one that does not exist."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        assert said in await send(visitor, content, **fields)


async def test_nobody_sees_a_strangers_import(window: Window) -> None:
    """Neither the run nor the file that waits, nor may a reader import."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        waiting = await send(visitor, orders("1"))
        await visitor.post(await send(visitor, orders("2")), "/imports/new")
    async with window.signed_in(STRANGER) as stranger:
        gone = [
            (await stranger.get("/imports/1")).status_code,
            (await stranger.get("/imports/1/undo")).status_code,
            (await stranger.post("/imports/1/undo", "/imports/new")).status_code,
            (await stranger.get(f"/imports/{'9' * 30}")).status_code,
        ]
        other = await stranger.get(waiting)
        confirmed = await stranger.post(waiting, "/imports/new")
        listed = (await stranger.get("/imports")).text
    async with window.signed_in("reader@example.org") as reader:
        seen = await reader.get("/imports/1")
        forbidden = [
            (await reader.get("/imports/new")).status_code,
            (await reader.get("/imports/1/undo")).status_code,
            (await reader.post("/imports/1/undo", "/mails/list")).status_code,
        ]

    assert ({404}, {403}, 200) == (set(gone), set(forbidden), seen.status_code)
    assert {"/imports/new"} == {other.headers["location"], confirmed.headers["location"]}
    assert "orders.csv" not in listed
    async with window.store.reading() as tx:
        assert ["2"] == [kept.order.number for kept in await tx.orders.list(SHOP)]


async def announce(window: Window, visitor: Visitor, *headers: str, body: bytes = b"") -> str:
    """Begin to send a form, and do not go on: what the window answers."""
    host, port = window.address.removeprefix("http://").split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
    form = "Content-Type: multipart/form-data; boundary=x"
    head = "\r\n".join(["POST /imports/new HTTP/1.1", f"Host: {host}", f"Cookie: {cookies}", form, *headers, "", ""])
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + body)
    await writer.drain()
    answer = await reader.read(100_000)
    writer.close()
    return answer.decode()


async def test_a_large_file_is_refused_before_it_is_read(window: Window) -> None:
    """200 MB are announced and none is sent: the answer is a sentence.  The same where no length is announced."""
    await people(window)
    most = LARGEST + AROUND
    async with window.signed_in(OWNER) as visitor:
        announced = await announce(window, visitor, f"Content-Length: {200 * 1024**2}", "Accept-Language: en")
        counted = await announce(
            window, visitor, "Transfer-Encoding: chunked", "Accept: application/json", "Accept-Language: de",
            body=f"{most + 1:x}\r\n".encode() + b"x" * (most + 1),
        )  # fmt: skip

    assert ["HTTP/1.1 413"] * 2 == [announced[:12], counted[:12]]
    assert ("the limit is 20 MB" in announced, "content-security-policy" in announced) == (True, True)
    assert [True] * 2 == [words in announced for words in ("That is too much", "Logout")]
    assert "20 MB" in json.loads(counted.partition("\r\n\r\n")[2])["problem"]


async def test_a_stranger_sends_little(window: Window) -> None:
    """Who is not signed in cannot make us keep much; a forged cookie is no session."""
    async with window.visitor() as visitor:
        visitor.client.cookies.set("smtpd_billbee_session", "WzEsIngiXQ.awji6Q.0t_Im2FZTonFIF57ImHFwxcHwn0")
        answer = await visitor.client.post("/login", content=b"x" * 70_000)

    assert 413 == answer.status_code


def files_without_name() -> list[str]:
    """What this process holds open on disk, and nobody else could find."""
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return [str(each) for each in held if str(each).endswith("(deleted)")]


async def test_an_upload_that_breaks_off(window: Window) -> None:
    """It leaves nothing: no import, no file that waits, none on disk; half a megabyte was there already."""
    await people(window)
    before = files_without_name()
    host, port = window.address.removeprefix("http://").split(":")
    async with window.signed_in(OWNER) as visitor:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /imports/new HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nContent-Length: 5000000\r\n"
        writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
        writer.write(b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"x" * 500_000)
        await writer.drain()
        async with asyncio.timeout(10):
            while files_without_name() == before:  # noqa: ASYNC110 - nothing rings when the server has read it
                await asyncio.sleep(0.02)
        writer.close()
        async with asyncio.timeout(10):
            while files_without_name() != before:  # noqa: ASYNC110 - nor when it has thrown it away
                await asyncio.sleep(0.02)
        page = (await visitor.get("/imports")).text

    assert "No file was imported yet." in page


def vat_chosen(page: str) -> list[str]:
    """The value of the VAT treatment that the dialog proposes."""
    (select,) = re.findall(r'<select[^>]*name="vat_mode">(.*?)</select>', page, re.DOTALL)
    return re.findall(r'<option value="(\d?)" selected>', select)


async def test_the_vat_of_the_shop(window: Window) -> None:
    """The dialog proposes what the shop is set to; with several shops each option says it; nothing chosen means it."""
    await people(window)
    async with window.store.transaction() as tx:
        await tx.connection.execute(shops.update().where(shops.c.id == SHOP).values(vat_mode=VatMode.SMALL_BUSINESS))
    async with window.signed_in(OWNER) as visitor:
        page = (await visitor.get("/imports/new")).text
        asked = await send(visitor, b"", vat_mode="3")
        for mode in ("", "4"):
            await visitor.post(await send(visitor, orders(f"1{mode}"), vat_mode=mode))
    async with window.store.reading() as tx:
        modes = [run.new.vat_mode for run in await tx.imports.list(SHOP, 10)]

    assert (["1"], ["3"]) == (vat_chosen(page), vat_chosen(asked))
    assert 'data-vat-mode="1"' in page
    assert [VatMode.MARGIN, VatMode.SMALL_BUSINESS] == modes


async def test_columns_not_used(window: Window) -> None:
    """What was not understood is named beside the preview and the result, and nothing has failed."""
    await people(window)
    async with window.signed_in(OWNER) as visitor:
        content = (
            orders("1")
            .replace(b",Rechn. Land", b",Rechn. Land,Lieblingsfarbe,Leer")
            .replace(b"Deutschland", b"Deutschland,rot,")
        )
        waiting = await send(visitor, content)
        preview = unescape((await visitor.get(waiting)).text)
        run = unescape((await visitor.get((await visitor.post(waiting)).headers["location"])).text)

    assert 'Columns not used: "Lieblingsfarbe"' in preview
    assert "Please look at this" not in preview
    assert 'Columns not used: "Lieblingsfarbe"' in run


def upload(user: int, content: bytes = b"x", minutes: int = 0) -> Upload:
    """A file that came some minutes after noon."""
    file, size = uploads.put_aside(io.BytesIO(content), 100)
    return Upload(user, NOON + timedelta(minutes=minutes), "a.csv", file, size, SHOP, "", Wishes())


def test_files_wait_for_an_hour() -> None:
    """Then they are gone; nobody else gets them; and a user has three at most."""
    kept = Uploads()
    words = [kept.keep(upload(1, minutes=number)) for number in range(4)]
    late = NOON + LASTS + timedelta(minutes=2, seconds=1)

    assert [False, True, True, True] == [kept.get(word, 1, NOON) is not None for word in words]
    assert kept.get(words[3], 2, NOON) is None
    held = [each for word in words if (each := kept.get(word, 1, NOON))]
    assert [False, False, False, True] == [kept.get(word, 1, late) is not None for word in words]
    assert [True, True, False] == [each.file.closed for each in held]
    assert b"x" == held[2].content()
    kept.close()


def test_all_files_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go, whosever they are."""
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    kept = Uploads()
    words = [kept.keep(upload(user, b"1234")) for user in range(3)]

    assert [False, True, True] == [kept.get(word, user, NOON) is not None for user, word in enumerate(words)]
    kept.close()


@needs_browser
@pytest.mark.parametrize("phone", [False, True])
async def test_the_dialog_in_the_browser(window: Window, phone: bool, tmp_path: Path) -> None:
    """A file is dropped, sent with a bar, looked at and imported; one that is too large is told at once."""
    await people(window)
    large = tmp_path / "gross.csv"
    large.write_bytes(b"x" * (LARGEST + 1))
    async with page_of(window, phone=phone) as page:
        await sign_in(page, OWNER)
        await page.goto("/imports/new")
        await page.set_input_files("#import-file", large)
        assert "Die Grenze ist 20 MB" in (await page.text_content("#import-problem") or "")
        data = await page.evaluate_handle(
            "text => { const data = new DataTransfer(); data.items.add(new File([text], 'mai.csv')); return data; }",
            orders("1", "2").decode(),
        )
        await page.dispatch_event("#import-drop", "drop", {"dataTransfer": data})
        assert "mai.csv" == await page.text_content("#import-chosen")
        assert not await page.is_visible("#import-problem")
        await page.click("#import-form button[type=submit]")
        await page.click("text=Jetzt importieren")
        await page.wait_for_url("**/imports/1")
        assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)
        await page.goto("/imports")
        assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)
        for name, content, said in (
            ("zweifel.csv", orders("3").replace(b'"9,90","4,90",19,1', b'"9,90","4,90",19,3'),
             "3 x 9,90 ist 29,70, in der Zeile steht 9,90"),
            ("kaputt.csv", b"Wer,Was\r\n1,2", "keine Zeile mit Spaltennamen gefunden"),
        ):  # fmt: skip
            await page.goto("/imports/new")
            await page.set_input_files("#import-file", {"name": name, "mimeType": "text/csv", "buffer": content})
            await page.click("#import-form button[type=submit]")
            await page.wait_for_url("**/imports/waiting/*")
            assert said in await page.inner_text("main, .page-body"), name
            assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)
            assert (name == "zweifel.csv") == await page.is_visible("text=Jetzt importieren")
