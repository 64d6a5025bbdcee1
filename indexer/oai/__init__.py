"""OAI-PMH: a polite client (network) and a strict parser (bytes to records)."""
