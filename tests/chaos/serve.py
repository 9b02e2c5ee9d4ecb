"""`smtpd-billbee` with a clock that can be set and a short patience, as a process of its own.

`python -m tests.chaos.serve --config FILE serve`.  CHAOS_CLOCK names a file with the seconds that the clock is ahead;
CHAOS_LIMITS is JSON with limits of the door (smtp/limits.py); with CHAOS_HASTE it looks again sooner after a failure.
"""

import json
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from smtpd_billbee import clock

_true_now = clock.now


def _now() -> datetime:
    return _true_now() + timedelta(seconds=float(Path(os.environ["CHAOS_CLOCK"]).read_text()))


if "CHAOS_CLOCK" in os.environ:
    clock.now = _now

if __name__ == "__main__":
    from smtpd_billbee import app
    from smtpd_billbee.cli import main
    from smtpd_billbee.work import claims, draining, timekeeping

    if "CHAOS_HASTE" in os.environ:
        claims.Claims.__init__.__defaults__ = (timedelta(seconds=5),)  # how long a reader has a mail
        timekeeping.Timekeeping.__init__.__defaults__ = (1.0,)
        draining.Draining.__init__.__defaults__ = (0.5,)
        app.RelayingSettings = partial(app.RelayingSettings, lease=timedelta(seconds=5))  # type: ignore[misc, assignment]
    app.Limits = partial(app.Limits, **json.loads(os.environ.get("CHAOS_LIMITS", "{}")))  # type: ignore[misc, assignment]
    main()
