"""The words, phrases and authors of the held titles, with frequencies, in files that are mapped."""
