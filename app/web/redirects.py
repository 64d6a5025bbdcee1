"""How pages send a reader on: for good, or to what a form asked for."""

MOVED = 308
"""Status of an address that has another spelling for good; the method stays."""

SEE_OTHER = 303
"""Status of an answer to a form: look there."""
