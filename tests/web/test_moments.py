"""Times of day: those of the server's place, on every page."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.web import figures, mail_words, order_words
from smtpd_billbee.web.language import speaking
from smtpd_billbee.web.mail_list import DAY, beginning
from tests.web.asking import Window

MOMENT = datetime(2026, 1, 2, 23, 5, tzinfo=UTC)


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_one_clock() -> None:
    """Orders, mails and figures tell the same moment as the same day and hour."""
    with speaking("de"):
        told = [words(MOMENT) for words in (order_words.moment, figures.moment, mail_words.moment)]

    assert ["03.01.26, 00:05", "03.01.26, 00:05", "03.01.2026, 00:05:00"] == told


@pytest.mark.usefixtures("in_berlin")
def test_a_day_of_the_mail_list() -> None:
    """It begins at midnight of the server's place, and has 23 hours when summer time begins."""
    assert datetime(2026, 1, 2, 23, tzinfo=UTC) == beginning("2026-01-03")
    assert datetime(2026, 3, 29, 22, tzinfo=UTC) == beginning("2026-03-29", DAY)
    assert [None, None] == [beginning("nonsense"), beginning("9999-12-31", DAY)]


@pytest.mark.usefixtures("in_berlin")
async def test_the_settings_too(window: Window) -> None:
    """The last sign-in stands there by the same clock."""
    user = await window.user("admin@example.org", UserRole.ADMINISTRATOR)
    async with window.store.transaction() as tx:
        await tx.users.signed_in(user.id, MOMENT)
    await window.user("other@example.org", UserRole.ADMINISTRATOR)
    async with window.signed_in("other@example.org", "de") as visitor:
        page = (await visitor.get("/settings/users")).text

    assert "03.01.26, 00:05" in page
