"""`queue`: a copy that waits, each try, and the last reply."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from smtpd_billbee.model.job import JobKind
from smtpd_billbee.store.store import open_store
from tests.cli.conftest import Command
from tests.making import arrival, make_shop
from tests.serving import document, run, serving, wait_until, write_config
from tests.test_app import send
from tests.work.test_intake import running


def test_a_smarthost_that_is_away(tmp_path: Path) -> None:
    """The job waits, says why, and shows every try; `retry` makes it due at once and the running server tries."""
    write_config(tmp_path, relay=1)
    with serving(tmp_path) as server:
        send(server)
        wait_until(lambda: tries(tmp_path) == 1, "the first try")
        (waiting,) = document(tmp_path, "queue", "list")
        done = run(tmp_path, "queue", "retry")
        one = run(tmp_path, "queue", "retry", str(waiting["id"]))
        wait_until(lambda: tries(tmp_path) == 2, "the second try")
        whole = document(tmp_path, "queue", "show", str(waiting["id"]))
        table = run(tmp_path, "queue", "show", str(waiting["id"])).stdout

    assert ("copy", "pending", "owner@example.org") == (waiting["kind"], waiting["state"], waiting["destination"])
    assert "127.0.0.1" in waiting["last_reply"]
    assert "No job has failed, so nothing was changed.\n" == done.stdout
    assert "1 job is due now.\n" == one.stdout
    assert 2 == len(whole["tries"])
    assert all(each["at"] in table and each["reply"] in table for each in whole["tries"])


def tries(folder: Path) -> int:
    """How often the only job was tried; its own count begins anew with `retry`."""
    return len(document(folder, "queue", "show", "1")["tries"])


def test_an_empty_queue(command: Command) -> None:
    """Nothing to send is an empty document and a sentence."""
    command("account", "add", "owner@example.org")
    assert [] == command.json("queue", "list")
    assert "The queue is empty.\n" == command("queue", "list").stdout
    assert "No job has failed, so nothing was changed.\n" == command("queue", "retry").stdout


async def test_a_job_that_is_being_sent(command: Command, tmp_path: Path) -> None:
    """It is left to whoever sends it: two at once would send the copy twice."""
    command("account", "add", "owner@example.org")
    store = await open_store("", tmp_path / "var")
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival())
    async with store.transaction() as tx:
        (job,) = await tx.jobs.claim(JobKind.COPY, datetime.now(UTC) + timedelta(days=1), timedelta(hours=1), 1)
    await store.close()
    done = command("queue", "retry", str(job.id))

    assert f"Job {job.id} is being sent at this moment: nothing was changed for it.\n" == done.stdout
