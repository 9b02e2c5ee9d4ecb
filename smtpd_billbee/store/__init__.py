"""store: what we keep.  The only room that knows SQL; SQLite and PostgreSQL by the same code.

    tables       every table and index
    types        money, quantities and times that are exact on both databases
    engine       opening a database the safe way: WAL, FULL, one writer
    store        Store: transactions, and the groups of statements below
    accounts shops mails orders articles imports jobs journal labels keys users webhooks    the statements, a file each
    notices      what an owner wants to be told of, and what he was told of
    revisits     kept mails that somebody looks at again, by account
    conflicts    an INSERT that leaves alone what is there
    groupcommit  many waiting writers, one commit
    migrations   Alembic: from an empty or older database to today's

A statement has a name and a line of meaning.  Nothing here decides: work does.
"""
