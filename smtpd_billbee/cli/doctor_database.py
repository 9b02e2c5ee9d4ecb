"""doctor, of the database and of all nodes on it: whether somebody reads and sends, clocks, connections."""

from datetime import datetime, timedelta

from smtpd_billbee.cli.finding import Finding
from smtpd_billbee.clock import now
from smtpd_billbee.config import Config
from smtpd_billbee.errors import StoreAway
from smtpd_billbee.model.job import JobKind
from smtpd_billbee.store.engine import MOST_CONNECTIONS
from smtpd_billbee.store.store import Store

PATIENCE = timedelta(minutes=5)  # longer than a lease, and than what a busy hour leaves undone
AGREEING = timedelta(seconds=5)  # clocks that differ by less


async def clocks(config: Config, store: Store) -> Finding:
    """A lease ends, and a mail is due, by the clock of whoever looks."""
    question = "Do the clocks agree?"
    async with store.reading() as tx:
        asked = now()
        theirs = await tx.database_server.clock()
    behind = theirs - (asked + (now() - asked) / 2)
    if abs(behind) <= AGREEING:
        return Finding(question, "yes, this machine's and PostgreSQL's", True)
    seconds = abs(behind).total_seconds()
    answer = f"this machine is {seconds:.0f} seconds {'behind' if behind > timedelta() else 'ahead of'} PostgreSQL"
    return Finding(question, answer, False, "run NTP on both: what one node holds is taken for left by another")


async def connections(config: Config, store: Store) -> Finding:
    """A node that gets none cannot write, just when much is to do."""
    question = "Has PostgreSQL connections enough?"
    try:
        async with store.reading() as tx:
            found = await tx.database_server.connections()
    except StoreAway:  # something else that speaks PostgreSQL's language
        return Finding(question, "it does not say", True)
    each = MOST_CONNECTIONS
    nodes = "1 node" if found.nodes == 1 else f"{found.nodes} nodes"
    taken = f"{nodes} may take {each * found.nodes}" if found.nodes else "no node runs"
    answer = f"it has {found.most}: {taken}, and other programs have {found.others}"
    left = found.most - found.others - each * max(found.nodes, 1)
    if left < 0:
        return Finding(question, answer, False, f"raise max_connections in postgresql.conf: {each} for each node")
    advice = f"raise max_connections before there is another node: {each} for each" if left < each else ""
    return Finding(question, answer, True, advice)


async def kept(config: Config, store: Store) -> Finding:
    """What is said of mails in the settings, and the oldest one, which may wait for somebody."""
    days = config.keep.mail_days
    said = f"{days} days, those that need somebody for longer; orders for ever" if days else "for ever, like orders"
    async with store.reading() as tx:
        oldest = await tx.retention.kept(0, 1)
    since = f"; the oldest is of {oldest[0].received_at:%Y-%m-%d}" if oldest else ""
    return Finding("How long are mails kept?", said + since, True)


async def filed(config: Config, store: Store) -> Finding:
    """What came in a rush is put aside first; a mail that cannot be filed stays there."""
    question = "Is every accepted mail filed?"
    async with store.reading() as tx:
        waiting = await tx.arrivals.count()
    if not waiting:
        return Finding(question, "yes", True)
    answer = "1 mail waits for it" if waiting == 1 else f"{waiting} mails wait for it"
    return Finding(question, answer, False, "`serve` files them within seconds; if they stay, its log says why")


async def read(config: Config, store: Store) -> Finding:
    """Whether any node reads what comes in."""
    async with store.reading() as tx:
        due = await tx.mails.next_due()
    return _in_time("Are mails read?", "mails wait", due, "reading")


async def sent(config: Config, store: Store) -> Finding:
    """Whether any node sends the copies; one that was refused has another time to come."""
    async with store.reading() as tx:
        due = await tx.jobs.next_due(JobKind.COPY)
    return _in_time("Are copies sent?", "copies wait", due, "relaying")


def _in_time(question: str, waiting: str, due: datetime | None, role: str) -> Finding:
    if due is None or due > now() - PATIENCE:
        return Finding(question, "yes", True)
    advice = f"`serve` must run with the role {role} on some node; where it does, its log says more, or it needs help"
    return Finding(question, f"no, {waiting} since {due:%Y-%m-%d %H:%M} UTC", False, advice)
