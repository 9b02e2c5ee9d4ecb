"""Which words can be taught."""

import pytest

from smtpd_billbee.errors import Refused
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.teaching import other_meanings, taught, teach
from tests.conftest import NOON
from tests.making import SHOP, make_shop


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


async def test_words_that_mean_another_field(store: Store) -> None:
    """They are told by its name, however they are spelt, and whoever taught them; the same field again is none."""
    await make_shop(store)
    await teach(store, TaughtLabel("de", "number", "Obolus"), SHOP, "test", NOON)
    asked = [
        (TaughtLabel("de", "total", "Versandkosten:"), None),
        (TaughtLabel("de", "total", "versand-kosten"), SHOP),
        (TaughtLabel("de", "shipping_cost", "Versandkosten"), SHOP),
        (TaughtLabel("de", "total", "Obolus"), SHOP),
        (TaughtLabel("de", "total", "Obolus"), None),
        (TaughtLabel("de", "number", "Obolus"), SHOP),
    ]
    found = [await other_meanings(store, label, (shop,)) for label, shop in asked]

    assert [("shipping_cost",), ("shipping_cost",), (), ("number",), (), ()] == found
