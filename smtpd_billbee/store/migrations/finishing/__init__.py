"""finishing: the steps that contract, oldest first; a released one is never changed.

    upgrade() of 0012_without_the_old_column.py takes away what only programs older than schema 0012 need.

`revision` is its number, `down_revision` the step before it here; FINISHED in migrations names the newest.
"""
