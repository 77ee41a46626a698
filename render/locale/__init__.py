"""Catalogues of what a reader sees, one file a language."""
