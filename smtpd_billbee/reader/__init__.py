"""reader: raw mail bytes in, a Reading out.  No network, no database, no clock.

words        the label dictionaries of all languages (words/*.toml) as one index
sheet        rows of cells; text_sheet, html_sheet and columns bring text and HTML into that form
labels       which label leads a row, and its value
page         the rows of one body, and who read which
amounts, dates                   money and moments in running text
notes, people, scalars           the customer's words; addresses; number, date, payment, site
parts, items, tables, sums       what was ordered, and what it comes to
json_order   an order that came as JSON
draft        all that one body says; judge: whether it adds up; kinds: what else a mail can be
confirmations    the code or the link that an activation or forwarding mail wants confirmed
anonymise    the same mail with invented persons: personal (what must go), invented, masking
levels       the mail itself, attached and forwarded mails; reading: the whole way
"""

from smtpd_billbee.reader.anonymise import Anonymised, anonymise
from smtpd_billbee.reader.confirmations import link_or_code
from smtpd_billbee.reader.reading import read
from smtpd_billbee.reader.words import LANGUAGES, fields

FIELDS = fields()

__all__ = ["FIELDS", "LANGUAGES", "Anonymised", "anonymise", "link_or_code", "read"]
