"""Alembic's environment: runs the steps on the connection, and in the transaction, that the caller gives it."""

from alembic import context

from injectmap.storage.columns import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
