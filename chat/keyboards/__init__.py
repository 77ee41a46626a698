"""The buttons under our messages. Each carries what should be, so that an old or repeated press does no harm."""
