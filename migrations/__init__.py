"""Alembic migrations, one change a file, up and down."""
