"""Papersift: the web service, and what it shares with the indexer."""
