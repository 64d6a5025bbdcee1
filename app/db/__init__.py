"""The SQL adapter: the only room that knows SQLAlchemy."""
