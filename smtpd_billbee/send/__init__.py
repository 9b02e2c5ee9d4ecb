"""send: the way out.  Each sender answers Delivered, Later or Never (model/job.py), whatever the network does.

smtp    one mail to one recipient through the smarthost
"""
