"""What every child process shares: loaded once, before the first child is born.

multiprocessing's fork server imports this module and forks the children from there, so that the reader's words and
the verifier's libraries lie in memory once for all of them.  It has no thread whose locks a fork could copy.
"""

import gc

from smtpd_billbee import reader
from smtpd_billbee.auth import child, resolving
from smtpd_billbee.malloc import give_large_blocks_back
from smtpd_billbee.reader import cldr
from smtpd_billbee.work import birth, together

__all__ = ["resolving", "together"]  # loaded for the children, and used by nobody here

give_large_blocks_back()
cldr.take()
reader.read(birth.FIRST_MAIL)
child.load()
gc.collect()
gc.freeze()  # a collection in a child would write into every object, and make pages of its own of the shared ones
