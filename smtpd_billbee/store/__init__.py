"""store: what we keep.  The only room that knows SQL; SQLite and PostgreSQL by the same code.

    tables       every table and index
    types        money, quantities and times that are exact on both databases
    engine       opening a database the safe way: WAL, FULL, one writer
    away         a database that cannot be used: why, and what to do about it
    sqlite_driver    SQLite behind SQLAlchemy, with fewer hand-overs between threads
    books        what is asked and written when arrivals are kept
    arrivals     what came in a rush, until it is filed
    packing      what a mail sent, as it is kept
    sqlite_books     the same on SQLite, in one visit to its thread
    store        Store: transactions, and the groups of statements below
    accounts shops mails orders articles imports jobs journal labels keys users webhooks    the statements, a file each
    sessions     which browsers are signed in
    shop_lists   what the pages of shops and accounts show
    article_lists article_changes    articles in the window: looked at, changed
    recognition  by what an item finds its article
    sales        which orders count as revenue, and on which day
    reports      revenue by day, shop, payment, country, article
    overview     the start page's counts
    evidence     what was proved of mails' origin
    searching    looking for words in a column made for it
    order_lists  the orders of an account as a list: search, conditions, pages
    order_pages  orders with all that is kept beside them, and changes of them
    mail_lists, import_lists    mails and imports as the window shows them, bound to an account
    saved_views  what users have named: states of the order list
    to_check     what needs a person
    notices      what an owner wants to be told of, and what he was told of
    trust        by what shops know their senders, how mails were judged
    revisits     kept mails that somebody looks at again, by account
    retention    mails that are old, and the removal of their bytes
    whose        what binds lists and pages to an account
    database_server  what PostgreSQL says of itself: clock, connections
    conflicts    an INSERT that leaves alone what is there
    groupcommit  many waiting writers, one commit
    moving       a whole database moves into another
    migrations   Alembic: from an empty or older database to today's, in two halves

A statement has a name and a line of meaning.  Nothing here decides: work does.
"""
