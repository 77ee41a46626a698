"""Readers talk to us: the only room that imports telegram, with bot.py."""
