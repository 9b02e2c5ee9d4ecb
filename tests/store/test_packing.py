"""What a mail sent comes out of the database as it went in, however it was packed."""

import os
from pathlib import Path

import pytest

from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.store.books import Books
from smtpd_billbee.store.packing import pack, pack_into_file, unpacked
from smtpd_billbee.store.store import Store
from tests.conftest import NOON
from tests.making import TO_SHOP, arrival, make_shop

CONTENTS = [b"", b"a line\r\n" * 50_000, os.urandom(300_000)]


@pytest.mark.parametrize("content", CONTENTS, ids=["empty", "lines", "chance"])
@pytest.mark.parametrize("hint", [0, 1])
def test_there_and_back(content: bytes, hint: int, tmp_path: Path) -> None:
    """In memory and in a file, whether its size is told or not."""
    in_memory, in_file = pack(content), pack_into_file(content, tmp_path)
    size = len(content) * hint

    assert content == unpacked(in_memory.whole(), in_memory.packing, size)
    assert content == unpacked(in_file.whole(), in_file.packing, size)
    in_file.close()


@pytest.mark.parametrize("content", CONTENTS[1:], ids=["lines", "chance"])
async def test_a_large_one_is_kept(store: Store, content: bytes) -> None:
    """Packed beforehand and written piece by piece, it is read like any other."""
    await make_shop(store)
    its = arrival(content)
    packed = {its.queue_id: await store.packed(content)}

    async def work(books: Books) -> list[int]:
        new = [(0, NewMail(TO_SHOP, "0", MailState.RECEIVED, NOON))]
        return await books.keep([its], new, packed)

    (mail_id,) = await store.keeping(work)
    packed[its.queue_id].close()
    async with store.reading() as tx:
        kept = await tx.mails.raw(mail_id)

    assert its.trace + content == kept
