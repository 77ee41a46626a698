"""Measurements: each a command that prints a figure. Data come as arguments or on standard input, never from here."""
