"""Hostile feeds: a manifest of what publishers and attackers send, and what must come of it."""
