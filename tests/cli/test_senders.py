"""Who may send a shop's orders, as a person types it."""

from pathlib import Path

from smtpd_billbee.store.store import open_store
from tests.cli.conftest import Command
from tests.conftest import Clock
from tests.work.test_forged import GENUINE, HOST, JIMDO, Brought, order
from tests.work.test_forged import front as a_front

OWNER = "owner@example.org"


def shop(command: Command) -> None:
    command("account", "add", OWNER)
    command("shop", "add", "Teeladen", "--account", OWNER, "--id", "7")


def test_senders(command: Command) -> None:
    """An address or a domain is allowed, shown and forgotten; a domain where everybody can have an address is not."""
    shop(command)
    command("shop", "allow", "7", "Orders@Shop.example")
    command("shop", "allow", "7", "@mail.example")
    wrong = [command("shop", "allow", "7", words) for words in ("gmail.com", "nonsense", "a@b@c.example")]
    known = command.json("shop", "senders", "7")
    command("shop", "forget", "7", str(known[0]["number"]))
    again = command("shop", "forget", "7", str(known[0]["number"]))

    assert [("address", "orders@shop.example"), ("domain", "mail.example")] == [(k["sort"], k["value"]) for k in known]
    assert [1, 1, 1, 1] == [each.returncode for each in (*wrong, again)]
    assert "everybody can have an address at gmail.com" in wrong[0].stderr
    assert ["mail.example"] == [each["value"] for each in command.json("shop", "senders", "7")]


def test_the_secret(command: Command) -> None:
    """It is made, made anew and taken away; it can be asked for only while there is one."""
    shop(command)
    early = command("shop", "set", "7", "only_with_secret=true")
    first = command.json("shop", "secret", "7")["secret_address"]
    second = command.json("shop", "secret", "7")["secret_address"]
    command("shop", "set", "7", "only_with_secret=true")
    kept = command("shop", "secret", "7", "--drop")
    command("shop", "set", "7", "only_with_secret=false")
    dropped = command.json("shop", "secret", "7", "--drop")

    assert (1, 1) == (early.returncode, kept.returncode)
    assert first != second
    assert len("7-jimdo-orderimport+@inbound.example") + 12 == len(first)
    assert "secret_address" not in dropped


def test_everybody_is_warned_of(command: Command) -> None:
    """The open door is opened, and said to be open."""
    shop(command)
    opened = command("shop", "set", "7", "trust=everybody")
    wrong = command("shop", "set", "7", "trust=nobody")

    assert (0, 1) == (opened.returncode, wrong.returncode)
    assert "warning: whoever knows or guesses the address can make orders" in opened.stderr


def test_a_mail_that_is_not_there(command: Command, tmp_path: Path) -> None:
    """Accepting it says so."""
    shop(command)
    done = command("mail", "accept", "4711")

    assert (1, True) == (done.returncode, "there is no mail 4711" in done.stderr)


async def test_a_mail_is_accepted(command: Command, tmp_path: Path) -> None:
    """What became of it, and by what its sender is known from now on, if he can be known at all."""
    store = await open_store("", tmp_path / "var")
    forged, genuine = await (await a_front(store, Clock())).bring(Brought(order(1)), GENUINE["from Jimdo"][0])
    await store.close()
    once = command("mail", "accept", str(forged.id))
    for_good = command("mail", "accept", str(genuine.id), "--trust")

    assert [
        f"mail {forged.id}: order, its origin is in doubt no more", "nobody new is trusted",
    ] == once.stdout.splitlines()  # fmt: skip
    assert [
        f"mail {genuine.id}: order, its origin is in doubt no more",
        f"trusted from now on: address no-reply@{JIMDO}, host {HOST}",
    ] == for_good.stdout.splitlines()
