"""Where readers are answered: a desk for each kind of question."""
