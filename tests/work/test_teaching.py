"""Which words can be taught."""

import pytest

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.teaching import taught, teach
from tests.conftest import NOON


@pytest.mark.parametrize("words", ["e", "1", "12", "Σ", "--", "N 1", "の", "é"])
async def test_too_short_for_a_label(store: Store, words: str) -> None:
    """A single letter or a number stands in any mail, and would make anything the total."""
    with pytest.raises(Refused, match="two letters"):
        await teach(store, TaughtLabel("de", "total", words), None, "test", NOON)

    assert [] == await taught(store)


@pytest.mark.parametrize("words", ["Nr", "計", "№", "Endbetrag", "合计", "Итого"])
async def test_a_label(store: Store, words: str) -> None:
    """Two letters in any script, or one sign that is a word of its own."""
    label = TaughtLabel("ja", "total", words)
    await teach(store, label, None, "test", NOON)

    assert [(None, label)] == await taught(store)
