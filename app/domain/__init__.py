"""The common language of all other packages: frozen values, standard library only."""
