"""What a large mail took of memory goes back."""

import subprocess
import sys

_PROGRAM = """
import sys
from smtpd_billbee.malloc import give_large_blocks_back

if sys.argv[1:]:
    give_large_blocks_back()
# As a large mail does it: blocks of which the first is freed teach malloc to take the others from its heap.
size = len(sys.argv) + 26_000_000  # not known beforehand: a constant would be made once and kept
first = b"x" * size
del first
blocks = [letter * size for letter in (b"x", b"y", b"z")]
kept = [b"x" * number for number in range(10_000, 10_100)]
blocks.clear()
(line,) = (line for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(int(line.split()[1]) // 1024)
"""


def _resident(*words: str) -> int:
    """MiB of a process that has done with its large blocks."""
    command = [sys.executable, "-c", _PROGRAM, *words]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)


def test_blocks_go_back() -> None:
    """Nothing of them stays; without it, what lies behind them in the heap keeps them all."""
    assert _resident("give") < _resident() - 40
