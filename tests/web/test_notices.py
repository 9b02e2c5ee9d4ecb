"""Settings / Notices: each owner his own switches."""

from smtpd_billbee.model.notice import NoticeKind
from smtpd_billbee.model.user import UserRole
from tests.making import OWNER, make_shop
from tests.web.asking import Window

OTHER = "other@example.org"
PATH = "/settings/notices"


async def wanted(window: Window, email: str) -> dict[NoticeKind, bool]:
    """What the account with that address wants to be told of."""
    async with window.store.reading() as tx:
        account = await tx.accounts.by_email(email)
        assert account is not None
        return await tx.notices.wanted(account.id)


async def two_accounts(window: Window) -> None:
    """Two owners and an administrator."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=777, email=OTHER)
    await window.user(OWNER, account=OWNER)
    await window.user("admin@example.org", UserRole.ADMINISTRATOR)


async def test_an_owner_switches_his_own(window: Window) -> None:
    """All are on; what he switches off is off for him and stays on for others; the journal knows."""
    await two_accounts(window)
    async with window.signed_in(OWNER, language="de") as owner:
        page = await owner.get(PATH)
        saved = await owner.post(PATH, unreadable="on", silent_shop="on")
        after = await owner.get(PATH)

    assert 3 == page.text.count(" checked")
    assert "Hinweise gehen an owner@example.org" in page.text
    assert (303, 2, True) == (saved.status_code, after.text.count(" checked"), "Gespeichert." in after.text)
    assert {"unreadable": True, "failed_copy": False, "silent_shop": True} == await wanted(window, OWNER)
    assert dict.fromkeys(NoticeKind, True) == await wanted(window, OTHER)


async def test_nobody_switches_anothers(window: Window) -> None:
    """A foreign account is not there; the administrator has all of them; a clerk has no settings."""
    await two_accounts(window)
    await window.user("clerk@example.org", UserRole.CLERK, OWNER)
    async with window.store.reading() as tx:
        other = await tx.accounts.by_email(OTHER)
    assert other is not None
    foreign = f"{PATH}?account={other.id}"
    async with window.signed_in(OWNER) as owner, window.signed_in("clerk@example.org") as clerk:
        answers = [await owner.get(foreign), await owner.post(foreign, PATH), await clerk.get(PATH)]
    still = await wanted(window, OTHER)
    async with window.signed_in("admin@example.org") as admin:
        done = await admin.post(foreign, unreadable="on")

    assert [404, 404, 403] == [each.status_code for each in answers]
    assert dict.fromkeys(NoticeKind, True) == still
    assert (303, f"{PATH}?account={other.id}") == (done.status_code, done.headers["location"])
    assert {"unreadable": True, "failed_copy": False, "silent_shop": False} == await wanted(window, OTHER)


async def test_second_address(window: Window) -> None:
    """Where an owner is told that his mailbox refuses copies; one that is none, or the same, is complained of."""
    await two_accounts(window)
    async with window.signed_in(OWNER, language="de") as owner:
        wrong = [await owner.post(PATH, second_email=said) for said in ("rubbish", OWNER.upper())]
        kept = [await second_address(window)]
        saved = await owner.post(PATH, second_email="second@example.org", failed_copy="on")
        after = await owner.get(PATH)
        kept.append(await second_address(window))
        await owner.post(PATH, second_email=" ")
        kept.append(await second_address(window))

    assert [422, 422, 303] == [each.status_code for each in (*wrong, saved)]
    assert "E-Mail-Adresse" in wrong[0].text
    assert "die zweite Adresse muss eine andere sein als die erste" in wrong[1].text
    assert 'value="second@example.org"' in after.text
    assert ["", "second@example.org", ""] == kept


async def second_address(window: Window) -> str:
    """Of the first owner's account."""
    async with window.store.reading() as tx:
        account = await tx.accounts.by_email(OWNER)
    assert account is not None
    return account.second_email
