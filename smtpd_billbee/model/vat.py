"""How the VAT of imported orders is to be understood."""

from enum import IntEnum


class VatMode(IntEnum):
    """Billbee's VatMode (billbee.md 3.4)."""

    SHOWN = 0  # the prices of the file include the VAT of its rates
    SMALL_BUSINESS = 1  # none is charged (Kleinunternehmer)
    INTRA_EU = 2  # delivery to a business in another state of the EU: the net prices are what is paid
    EXPORT = 3  # delivery out of the EU: the net prices are what is paid
    MARGIN = 4  # margin scheme: nothing is shown
