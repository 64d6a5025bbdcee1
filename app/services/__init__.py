"""Use cases, where the database meets the search engine; no HTTP words, no SQL words."""
