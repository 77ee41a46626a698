"""The thinking: what a story is, what it is about, what a reader is told. No network, no SQL, no Telegram."""
