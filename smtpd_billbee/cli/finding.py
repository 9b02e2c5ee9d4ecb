"""What the doctor finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and its answer; `advice` says what to do when it is not `fine`."""

    question: str
    answer: str
    fine: bool
    advice: str = ""
