"""When a shop is silent for longer than usual."""

from datetime import timedelta

import pytest

from smtpd_billbee.work.silence import silent_since
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("gaps_in_hours", "now_after_hours", "is_silent"),
    [
        ([1] * 20, 20, False),  # a quiet day is no silence
        ([1] * 20, 25, True),
        ([10, 1, 1, 1, 14, 1, 1], 25, True),
        ([72, 10, 10, 10, 48], 100, False),  # as long as before a weekend: usual
        ([72, 10, 10, 10, 48], 109, True),
        ([1, 1, 1, 1], 999, False),  # too few orders to say what is usual
        ([], 999, False),
    ],
)
def test_longer_than_usual(gaps_in_hours: list[int], now_after_hours: int, is_silent: bool) -> None:
    """Half as long again as the longest of the last gaps, and at least a day; the sequence does not matter."""
    moments = [NOON]
    for gap in gaps_in_hours:
        moments.append(moments[-1] + timedelta(hours=gap))
    last = moments[-1]

    assert (last if is_silent else None) == silent_since(moments[::-1], last + timedelta(hours=now_after_hours))
