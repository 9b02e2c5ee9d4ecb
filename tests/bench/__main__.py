"""`python -m tests.bench` is `python -m tests.bench.accept`."""

from tests.bench.accept import main

main()
