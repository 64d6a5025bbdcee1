"""A Whoosh codec whose segments are memory-mapped arrays."""
