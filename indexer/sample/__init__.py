"""The bundled sample catalogue: well-known papers, for when arXiv cannot be reached."""
