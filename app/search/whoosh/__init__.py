"""The embedded engine: Whoosh 2.7.4. Nothing outside this folder imports the library."""
