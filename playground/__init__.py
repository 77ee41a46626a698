"""A local world for tests and the demo: a Bot API and sample feeds on loopback. `run` never imports it."""
