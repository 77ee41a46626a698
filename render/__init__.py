"""News is worded: pure functions from values to text, in English and Vietnamese."""
