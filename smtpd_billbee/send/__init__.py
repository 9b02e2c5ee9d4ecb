"""send: the way out.  Each sender answers Delivered, Later or Never (model/job.py), whatever the network does.

smtp    one mail to one recipient through the smarthost
direct  the same without a smarthost, at the mail servers of the recipient's domain
mx      which these are
mta_sts  whether they must be reached by verified TLS
wire    a mail as it goes over the wire (pure)
"""
