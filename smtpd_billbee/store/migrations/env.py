"""Run by Alembic: migrate on the connection that is handed in."""

from alembic import context

from smtpd_billbee.store.tables import metadata

handed_in = context.config.attributes
context.configure(
    connection=handed_in["connection"], target_metadata=metadata, version_table=handed_in["version_table"],
    render_as_batch=True, transactional_ddl=False,
)  # fmt: skip
context.run_migrations()
