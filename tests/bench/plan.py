"""What `make bench` runs, in this sequence: each a program of its own, with what a quick look is content with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bench:
    """One table, or a few.  `quick`: the arguments of a form that takes a minute at most and says less."""

    name: str
    what: str
    quick: tuple[str, ...] = ()


BENCHES = (
    Bench("reader", "how long the reading of a mail takes", ("--rounds", "10", "--largest", "64")),
    Bench("accept", "mails a second at the door", ("--messages", "200", "--rounds", "1")),
    Bench("whole_way", "orders a second, the whole way", ("--messages", "60", "--rounds", "1")),
    Bench("latency", "how long one order takes", ("--messages", "60")),
    Bench("memory", "what an idle server takes, and what 500 connections add"),
    Bench("importing", "how long an order file takes", ("--orders", "500")),
    Bench(
        "growth",
        "speed beside a million orders",
        ("--orders", "20000", "--shops", "200", "--messages", "60", "--rounds", "1"),
    ),
    Bench("nodes", "one, two and three nodes on PostgreSQL", ("--messages", "60", "--rounds", "1")),
    Bench(
        "window",
        "the order list and other pages at a million orders",
        ("--orders", "20000", "--shops", "200", "--own", "2000", "--times", "5"),
    ),
)
