"""One file per kind of stack, each read from top to bottom."""
