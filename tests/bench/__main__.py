"""Every table, one after the other; each bench is a program of its own, so that none finds another's memory."""

import subprocess
import sys

BENCHES = ("reader", "accept", "whole_way", "latency", "memory", "importing", "growth", "window")


def main() -> None:
    """Run them; one that fails is named, and the others are run all the same."""
    failed = [name for name in BENCHES if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"]).returncode]
    if failed:
        sys.exit(f"these failed: {', '.join(failed)}")


main()
