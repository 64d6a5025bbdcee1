"""Search engines behind one seam (see `app.search.engine`)."""
