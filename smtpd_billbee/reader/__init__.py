"""reader: raw mail bytes in, a Reading out.  No network, no database, no clock.

A mail as rows:
    levels                       the mail itself, mails attached to it, mails forwarded within its text
    repeats                      whether the text only repeats what the HTML says
    sheet                        the common form of text and HTML: rows of cells
    text_sheet, html_sheet       how each becomes that form
    markup                       HTML as a tree
    separated                    lines of a text whose fields semicolons part
    prefixed                     labels that say the section, too
    upright                      item tables with labels down the side, or above their values
    columns                      side-by-side columns into reading order
    json_ld                      an order that an HTML mail carries for programs
    json_order                   an order that came as JSON

What words mean:
    word_files                   the label dictionaries of all languages (words/*.toml)
    words                        all of them as one index
    run_ons                      lines in which several things stand one behind the other
    sentences                    sums that a letter says in sentences
    labels                       which label leads a row, and its value
    page                         the rows of one body with their labels, and who read which
    amounts, currencies          money in running text, and the codes and signs of currencies
    dates                        moments in running text
    cldr                         what countries, dates, street_words take from CLDR's tables

What an order says:
    labelled_values              the values of labels that name a single fact
    order_numbers                the order's number
    scalars                      date, payment, shipping method, currency, code, site
    sites                        the sites that a mail names
    notes, note_ends             the customer's words: shown, never read for data; where they end
    items                        an item once it was read: its prices by arithmetic, what is odd about it
    item_lines                   the items from lines
    tables, table_items          a table's columns; one record of it as an item
    bare_tables                  a table without a header
    parts                        one item from the lines that describe it, by
    parts_labels, parts_codes    labels within a line; article numbers without a label
    parts_choices                what was chosen, also where an amount stands in it
    parts_quantity               the quantity
    parts_prices                 prices
    parts_found                  what was found so far
    item_forms                   the items of a web form: numbered labels
    item_counts                  numbers before or behind every title that count pieces
    item_ordinals                numbers that count the items
    item_origins                 where each value of an item stood
    leftovers                    what stands in an item's rows and ended up nowhere
    item_codes                   article numbers that only all titles together show
    regions                      where items stand that no header leads
    sum_words                    one row as a sum, by its words
    sum_rows, sums               which rows are sums; which sum is the subtotal, the shipping cost, the tax, the total
    shipping                     the way of shipping, where only the row of its cost says it
    unlabelled_carrier           the way of shipping, where a carrier's name stands without a label
    people_blocks                the lines of each address: below headings, in labelled lines
    people_headings              headings known by their stems, labels of forms, the shop's own contacts
    people_stray                 labelled persons outside any section
    people_read                  one address block read, with its labelled lines and its doubts
    people_emails                e-mail addresses without a label
    people_loose                 addresses that no known label leads
    people                       who ordered and where it goes

An address block as an address:
    address                      the whole way, over an
    address_draft                the address while it is read, from
    address_lines                the lines as parts, by
    country_lines                a country beside a state or a postcode
    address_words                the word lists beside the code
    address_contacts             contacts, labelled lines, the country
    address_place                postcode, city and state, by
    postal, states, countries    each country's order of them, the names of states and of countries
    far_east                     Chinese and Japanese script, from the big to the small
    address_street               which line is the street
    streets, street_words        street and house number; what streets are called
    additions                    flats, floors, care of, lockers
    address_people               person, company, and the lines that are neither
    names, companies, phones     a person's names; company or person; numbers and e-mail addresses

What becomes of it:
    draft                        all that one body says, with where it stood
    order_problems               what is wrong with an order, whoever has read it
    judge                        whether it adds up and all is there
    oddities                     values that show by themselves that a reading went wrong
    kinds                        what a mail is that is no order
    reading                      read(): the whole way
    showing                      the lines of a mail beside its reading, numbered alike
    child                        the whole way in a child process, named where nothing of it is loaded
    confirmations                the code or the link that an activation or forwarding mail wants confirmed

The same mail with invented persons:
    anonymising                  the whole way: variants are tried, and read again
    personal                     what must go
    invented, masking            what stands in its place; how it is put there
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtpd_billbee.reader.anonymising import anonymise
    from smtpd_billbee.reader.confirmations import link_or_code
    from smtpd_billbee.reader.order_problems import cost_problems, quantity_problems, sums_problems
    from smtpd_billbee.reader.reading import read
    from smtpd_billbee.reader.showing import shown
    from smtpd_billbee.reader.word_files import FIELDS, LANGUAGES
    from smtpd_billbee.reader.words import fields_named

__all__ = [
    "FIELDS", "LANGUAGES", "anonymise", "cost_problems", "fields_named", "link_or_code", "quantity_problems", "read",
    "shown", "sums_problems",
]  # fmt: skip

_FILES = {
    "FIELDS": "word_files", "LANGUAGES": "word_files", "anonymise": "anonymising", "cost_problems": "order_problems",
    "fields_named": "words", "link_or_code": "confirmations", "quantity_problems": "order_problems", "read": "reading",
    "shown": "showing", "sums_problems": "order_problems",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Load what is asked for, when it is (PEP 562): who serves needs a few words of the reader, not all of it."""
    if name not in _FILES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
