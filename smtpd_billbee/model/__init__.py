"""model: what things are.  Frozen values and the words for their states; no IO, no clock, no library.

order     address, item, order: as a mail or a file gives them
reading   what the reader says of one mail, and its JSON form
"""
