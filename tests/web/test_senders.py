"""Who may send a shop's orders, on the shop's page."""

from html import unescape

from smtpd_billbee.model.shop import Shop
from smtpd_billbee.model.trust import Mark, Sort
from tests.making import SHOP
from tests.web.asking import Window
from tests.web.mailing import OWNER, people

PAGE = f"/settings/shops/{SHOP}"


async def shop_and_marks(window: Window) -> tuple[Shop, list[Mark]]:
    async with window.store.reading() as tx:
        shop = await tx.shops.get(SHOP)
        marks = [kept.mark for kept in await tx.trust.marks(SHOP)]
    assert shop is not None
    return shop, marks


async def test_policy_senders_and_secret(window: Window) -> None:
    """Each is changed by its own form; a reader sees the senders, and no secret."""
    await people(window)
    async with window.signed_in(OWNER, "de") as owner:
        await owner.post(f"{PAGE}/senders", PAGE, sender="Lager@Versand.example")
        wrong = await owner.post(f"{PAGE}/senders", PAGE, sender="gmail.com")
        said = unescape((await owner.get(wrong.headers["location"])).text)
        await owner.post(f"{PAGE}/senders/policy", PAGE, trust="everybody", only_with_secret="1")
        open_, marks = await shop_and_marks(window)
        await owner.post(f"{PAGE}/senders/secret", PAGE)
        await owner.post(f"{PAGE}/senders/policy", PAGE, trust="marked", only_with_secret="1")
        shop, _ = await shop_and_marks(window)
        page = unescape((await owner.get(PAGE)).text)
        await owner.post(f"{PAGE}/senders/secret/drop", PAGE)
        kept, _ = await shop_and_marks(window)
    async with window.signed_in("reader@example.org") as reader:
        looked = (await reader.get(PAGE)).text

    assert [Mark(Sort.ADDRESS, "lager@versand.example")] == marks
    assert "bei gmail.com kann jeder eine Adresse haben" in said
    assert ("everybody", False, None) == (open_.rules.trust, open_.rules.only_with_secret, open_.secret)
    assert ("marked", True) == (shop.rules.trust, shop.rules.only_with_secret)
    assert shop.secret == kept.secret is not None
    assert f'data-copy="{SHOP}-jimdo-orderimport+{shop.secret}@inbound.example"' in page
    assert (True, False) == ("lager@versand.example" in looked, str(shop.secret) in looked)


async def test_a_sender_is_taken_away(window: Window) -> None:
    """He is known no more; twice, or by a number that is none, says so."""
    await people(window)
    async with window.signed_in(OWNER) as owner:
        await owner.post(f"{PAGE}/senders", PAGE, sender="versand.example")
        async with window.store.reading() as tx:
            (kept,) = await tx.trust.marks(SHOP)
        await owner.post(f"{PAGE}/senders/remove", PAGE, mark=str(kept.id))
        again = await owner.post(f"{PAGE}/senders/remove", PAGE, mark="9" * 40)
        said = (await owner.get(again.headers["location"])).text

    assert "that sender is not known any more" in said
    assert [] == (await shop_and_marks(window))[1]


async def test_the_shops_site(window: Window) -> None:
    """Its https:// tells it from a domain of senders; it stands among what the shop is known by."""
    await people(window)
    async with window.signed_in(OWNER, "de") as owner:
        await owner.post(f"{PAGE}/senders", PAGE, sender="https://www.Teeladen.example/tee")
        wrong = await owner.post(f"{PAGE}/senders", PAGE, sender="https://tee laden/")
        said = unescape((await owner.get(wrong.headers["location"])).text)

    assert [Mark(Sort.HOST, "teeladen.example")] == (await shop_and_marks(window))[1]
    assert "'https://tee laden/' ist keine Adresse einer Website" in said
    assert "Teeladen.example" not in said
    assert "teeladen.example" in said
