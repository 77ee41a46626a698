"""Vocabulary as data: what an editor may change without touching code."""
