"""cli: the command `smtpd-billbee`.  One file per noun; each list and show takes --json."""

from smtpd_billbee.cli.main import main

__all__ = ["main"]
