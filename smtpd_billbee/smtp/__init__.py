"""smtp: the door.  It takes SMTP from strangers and hands each whole mail to a Reception; it keeps nothing itself.

server     Door: listening sockets, who is inside, timers, the graceful stop
protocol   the commands of SMTP: what each does, and its answer
dialogue   a session (on aiosmtpd's SMTP class): commands in, answers out, in order
connection  the socket below it: what has come, answers on their way, and the end
shared     what all sessions have in common
transaction  what a session has said so far, and the mail that it is about to give us
commands   the arguments of MAIL, RCPT and BDAT, read or refused (pure)
content    the octets of one mail, from DATA or BDAT (pure)
handler    Reception and its translation: recipients and mails there, replies here
disk       is there room for another mail?
limits     what one peer may take of us (pure)
guesses    who asks for addresses that are not there, and how often (pure)
replies    every answer that a stranger can read
proxy      the header in which a proxy tells for whom it speaks
tls        the certificate, also when its file changes
"""
