"""model: what things are.  Frozen values and the words for their states; no IO, no clock, no library.

mail      a mail as it arrives, and the words for what becomes of it
order     address, item, order: as a mail or a file gives them
reading   what the reader says of one mail, and its JSON form
shown     a mail's lines beside its reading
shop      accounts, shops, and the settings that decide what becomes of a shop's mails
notice    what an owner is told of by mail
labels    a word that an owner taught the reader
user      who may sign in to the window, and what each may do
vat       how the VAT of imported orders is to be understood
imports   one file, taken in by one transaction
job       a copy or a push on its way out
journal   who changed what, when, from which mail
"""
