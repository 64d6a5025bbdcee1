"""The bundled sample catalogue: some hundreds of well-known papers, for when arXiv is out of reach."""
