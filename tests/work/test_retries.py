"""When to try again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.work.retries import JITTER, LAST_PAUSE, LIFETIME, next_try

FIRST = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=6))
CHANCES = st.floats(min_value=0, max_value=1)
ATTEMPTS = st.integers(min_value=1, max_value=1000)


def tries(chance: float) -> list[timedelta]:
    """How old a job is at each try, when each takes no time and none succeeds."""
    ages, attempts, now = [], 0, FIRST
    while (due := next_try(FIRST, attempts, now, chance)) is not None:
        now, attempts = due, attempts + 1
        ages.append(now - FIRST)
    return ages


def test_plan():
    """Tries at 0, 1 m, 5 m, 15 m, 30 m, 1 h, 2 h, then every 4 h, the last after 5 days."""
    minutes = [age / timedelta(minutes=1) for age in tries(chance=0)]

    assert [0, 1, 5, 15, 30, 60, 120, 360, 600] == minutes[:9]
    assert 36 == len(minutes) - 1
    assert 5 * 24 * 60 == minutes[-1]


def test_jitter():
    """What was refused together does not come back together."""
    assert all(late > early for early, late in zip(tries(0)[1:30], tries(1)[1:30], strict=True))


@given(ATTEMPTS, AGES, CHANCES)
def test_in_time(attempts: int, age: timedelta, chance: float):
    """Until five days are over there is a next try: later than now, soon enough, and within the five days."""
    now = FIRST + age
    due = next_try(FIRST, attempts, now, chance)

    assert (age >= LIFETIME) == (due is None)
    if due is not None:
        assert now < due <= min(FIRST + LIFETIME, now + LAST_PAUSE * (1 + JITTER))


@given(ATTEMPTS, AGES, CHANCES)
def test_ever_longer(attempts: int, age: timedelta, chance: float):
    """The pause never gets shorter with one more try, except at the very end."""
    now = FIRST + age
    early, late = (next_try(FIRST, n, now, chance) for n in (attempts, attempts + 1))

    assert early is None or (late is not None and early <= late)


def test_after_a_pause():
    """After a night without network a copy is not tried seven times in a row: the pause counts from now."""
    morning = FIRST + timedelta(hours=10)

    assert morning + timedelta(minutes=1) == next_try(FIRST, 1, morning, chance=0)
