"""Mails that come one right behind the other are a rush; those of a quiet day are none."""

from smtpd_billbee.work.rush import LONG, MANY, NEXT_SECONDS, Rush


def test_a_rush_begins_and_ends():
    """It begins with the eighth mail in a row, and ends with the first pause."""
    rush, now, seen = Rush(), 100.0, []
    for _ in range(MANY + 1):
        rush.note(now)
        seen.append(rush.is_on)
        now += NEXT_SECONDS / 2
    rush.note(now + NEXT_SECONDS)

    assert [False] * (MANY - 1) + [True, True] == seen
    assert not rush.is_on


def test_a_steady_day_is_none():
    """Fifty mails a second are filed at once, each of them."""
    rush = Rush()
    for number in range(1000):
        rush.note(number / 50)

    assert not rush.is_on


def test_a_long_rush_outlasts_a_short_pause():
    """Where many come, a pause may be our own: it ends the rush only if it takes longer than a tenth of a second."""
    rush = Rush()
    for number in range(LONG):
        rush.note(number * NEXT_SECONDS / 2)
    rush.note((LONG / 2 + 5) * NEXT_SECONDS)

    assert rush.is_on

    rush.note((LONG / 2 + 20) * NEXT_SECONDS)

    assert not rush.is_on
