"""Run by Alembic: migrate on the connection that is handed in."""

from alembic import context

from smtpd_billbee.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=False)
context.run_migrations()
