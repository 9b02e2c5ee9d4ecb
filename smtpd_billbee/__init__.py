"""smtpd_billbee: order mails of shops without an API become orders, and a copy of every mail goes to the owner.

The rooms:

    app       builds everything from the config, runs the roles, stops them in order
    preflight   is there what the config names?
    links     links of the window that the command line hands out
    sockets   what we listen on, ours or systemd's
    config    every setting with its default and its sentence
    values    what the value of a setting may be
    model     what things are (pure)
    formats   how others write it: import addresses, paths, MIME, forwarded mails, trace headers (pure)
    reader    order mails: read(raw) -> Reading (pure; its word lists are data files)
    auth      who sent it: SPF, DKIM, DMARC and ARC of one mail (pure, but for its resolver)
    store     what we keep: the only room that knows SQL
    send      the way out: the smarthost
    work      what we do: intake, reading, relaying
    smtp      the door: the server that an MX record points at
    web, api  the window and the REST interface
    cli       the command `smtpd-billbee`

    environment   the variables that set something, before the config takes them

    clock     the only one
    malloc    memory for large mails goes back to the system
    errors, log   leaves: everybody may use them

A mail's journey:

    1  smtp/server.py        a peer connects
    2  smtp/handler.py       RCPT names a shop we serve
    3  work/intake.py        raw bytes, envelope and copy job in one committed transaction; then 250
    4  work/reading.py       is woken, claims the mail for a while
    5  reader/               in a killable child process: bytes -> Reading
    6  work/reading.py       order, items, articles, journal, push jobs, mail state: one transaction
    7  work/relaying.py      the copy goes to the owner; it does not wait for 4-6

What may import what is drawn and held in tests/test_house.py.
"""
