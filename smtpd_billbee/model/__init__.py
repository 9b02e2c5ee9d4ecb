"""model: what things are.  Frozen values and the words for their states; no IO, no clock, no library.

mail      a mail as it arrives, and the words for what becomes of it
article   what shops sell; a price and an EAN as people write them
order     address, item, order: as a mail or a file gives them
order_list   an order as a line of a list, and what a list is asked for
order_page   an order with all that is kept beside its mail
reading   what the reader says of one mail, and its JSON form
searching   how words are looked for in names, addresses, subjects and numbers
anonymised   a mail with invented persons
shown     a mail's lines beside its reading
shop      accounts, shops, and the settings that decide what becomes of a shop's mails
view      a state of the order list that a user has named
notice    what an owner is told of by mail
labels    a word that an owner taught the reader
user      who may sign in to the window, and what each may do
vat       how the VAT of imported orders is to be understood
sales     lines of reports
overview  what the start page shows
period    the days of a report, and those before; a shop that is silent
imports   one file, taken in by one transaction
job       a copy or a push on its way out
evidence  what can be proved of a mail's origin
trust     levels of proof, and what a shop makes of them
journal   who changed what, when, from which mail
"""
