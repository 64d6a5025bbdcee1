"""Pure text algorithms; they import the domain only."""
