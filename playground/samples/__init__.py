"""Sample feeds of our own writing."""
