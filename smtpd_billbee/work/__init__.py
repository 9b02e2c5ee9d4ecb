"""work: what we do.  Asks the core, tells the edges.

intake     a mail is kept for good, then answered
keeping    what that means in the database
rush       whether mails come one right behind the other: then they are only put aside
filing     what was put aside becomes mails
spool      files in which mails wait while the database is away
draining   they go into the database when it is back
reading    kept mails are read and become orders
readers    the child processes that read them
together   several small mails in one visit to a child
children   child processes that can be killed
crew       how many of them there are
birth      the first thing that a child does
nursery    what all children share, loaded once
passing    a piece of work in a process that ends with it
verifying  what can be proved of a mail's origin: found once, kept
claims     which mails are in hand, and until when
storable   what a database takes of a reading
saving     what many readings change, in one transaction
hand       what the mails of that transaction share
fates      what a reading changes: decided here, touching nothing
trust      whether an order may be imported: decided here, touching nothing
holding    what is held back of a reading for its origin's sake; the same
origins    where a mail comes from: looked up, judged, remembered
accepting  a person says that an order is his, and whom his shop trusts
senders    who may send a shop's orders: allowed, forgotten; the secret in its address
relaying   copies go to the owners
copying    one copy: as it came, or in a mail of ours
signing    our own mails are signed, those of others sealed
bounces    a copy came back: it has failed, or goes once more
breaker    whom to leave in peace for a while
retries    when the next try is due
owners     accounts and shops are made and changed
users      users are made, sign in, change their passwords
sessions   a browser is signed in, and out again for good
views      a user names a state of the order list
staff      users are given another role, closed and opened, and choose a language
rereading  kept mails are read again, and what changed is told
mail_acts  what a person does with a mail: send its copy again, read it again, file it away
changes    what is different in an order then, field by field
confirmations   what an activation mail wants from the owner
teaching   an owner's own words for the reader
articles   articles are changed, items given to them, files of them taken in
article_ends  articles are merged or deleted; by what items find theirs
editing    a person changes orders: fields, states, tags; a doubt is accepted
rejudging  which doubts a person's correction ends, and which it brings
mail_rows  a mail as rows, with the fields that were read from each
workbench  a mail is tried out: read, taught, compared, made anonymous
notices    the owner is told by mail what went wrong
notice_mail   that mail
notice_switches  which of these notices an owner wants
silence    when a shop is silent for longer than usual
importing  the orders of a file become ours; a run is undone
filed      an order file as orders
ready      such orders, ready to be imported
filling    one order from two sources: what one of them lacks
import_plan  what a file changes: decided here, touching nothing
tidying    what is older than the settings say is removed
timekeeping  the clock was set back: nothing waits for a wrong future
bell       wakes a role when there is something to do
"""
