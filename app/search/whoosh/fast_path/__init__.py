"""Queries run as passes over posting arrays instead of through Whoosh's matchers."""
