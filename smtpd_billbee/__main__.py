"""`python -m smtpd_billbee` is the command `smtpd-billbee`."""

from smtpd_billbee.cli import main

main()
