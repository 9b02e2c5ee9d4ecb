"""versions: the steps that expand, oldest first; a released one is never changed.

Each leaves to older programs all that they need: it adds tables, indexes, and columns that are empty or have a default.
"""
