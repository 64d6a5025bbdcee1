"""Lists for other programs: each list page also as Atom, JSON Feed, BibTeX, RIS and CSV."""
