"""auth: who sent it.  SPF, DKIM, DMARC and ARC of one mail become Evidence; what that is worth is decided elsewhere.

No IO of its own: DNS comes in as a look-up function (lookup.py says what it may answer), the time as an argument.

verifying   verify(raw, came, lookup, now): everything below, put together
message     a mail as signatures see it: its headers and its body, byte by byte
canonical   the two forms of RFC 6376 3.4, in linear time
author      the one address in From; the addresses in To and Cc
domains     names of domains, and which of them belong together
lookup      what is asked of DNS, and what it may answer
keys        the public keys of RFC 6376 3.6.1
signing     one signature, as DKIM and ARC share it: its tags, its hashes, whether it verifies
shape       what a signature leaves open: headers that say how the signed body is to be read
signatures  the DKIM signatures of a mail
seals       the ARC chain of a mail
senders     SPF: may this host send for that domain
policies    DMARC: what the author's domain publishes, and what follows
own_keys    our own signing key, and its record for DNS
published   whether DNS has that record, and answers at all; asked by doctor
own_signatures  what we sign with it: our own mails, and the ARC set of one that we pass on
resolving   DNS itself, for a child process: one deadline for a mail, and a memory for names
child       all of it in a process that can be killed
"""
