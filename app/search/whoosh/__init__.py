"""The embedded engine: the only room that knows Whoosh."""
