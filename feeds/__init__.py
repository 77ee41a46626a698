"""News comes in: feeds.yaml, fetching, parsing, polling. The only room that talks to publishers."""
