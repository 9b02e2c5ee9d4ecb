"""How fast it is, beside Postfix in the same run: `python -m tests.bench` prints every table, one after the other.

plan      what that runs
printed   what a bench has printed, read again
picture   the table of the whole way as a picture, whole_way.svg: `python -m tests.bench --only whole_way --svg FILE`
mails     order mails of 8 KiB, each with its own number; all made up
basin     where the copies go where there is no Postfix
sources   who sends: Postfix's smtp-source, and sessions of our own
peers     who is measured: `smtpd-billbee serve`, and a Postfix of our own that throws everything away
accept    mails a second: `python -m tests.bench.accept [--messages N] [--rounds N] [--sessions N]`
whole_way until the order is in the database: `python -m tests.bench.whole_way`
nodes     two and three nodes on one PostgreSQL, beside one: `python -m tests.bench.nodes`
rivals    what it is measured against: Postfix with small programs behind it
simple    these programs' one layout
reader    the reading of one mail, by size: `python -m tests.bench.reader`
importing how long an order file takes; `python -m tests.bench.importing [--orders N]`
memory    what `serve` takes, idle and with many connections: `python -m tests.bench.memory [--connections N]`
latency   from a mail's last dot to its row and its copy: `python -m tests.bench.latency [--rate N]`
growth    mails and orders a second beside a million orders: `python -m tests.bench.growth [--orders N]`
window    how fast pages are with a million orders: `python -m tests.bench.window [--orders N] [--shops N]`
window_data   these orders
"""
