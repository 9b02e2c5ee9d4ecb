"""What every child process shares: loaded once, before the first child is born.

multiprocessing's fork server imports this module and forks the children from there, so that the reader's words and
the verifier's libraries lie in memory once for all of them.  It has no thread whose locks a fork could copy.
"""

import gc

from smtpd_billbee.auth import child as verifying
from smtpd_billbee.auth import resolving
from smtpd_billbee.malloc import give_large_blocks_back
from smtpd_billbee.reader import child as reading
from smtpd_billbee.work import birth, together
from smtpd_billbee.work.passing import in_passing

__all__ = ["resolving", "together"]  # loaded for the children, and used by nobody here

give_large_blocks_back()
reading.load(in_passing(reading.names), birth.FIRST_MAIL)
verifying.load()
gc.collect()
gc.freeze()  # a collection in a child would write into every object, and make pages of its own of the shared ones
