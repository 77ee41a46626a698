"""What can go wrong with a press, and only there."""


class OldButtonError(Exception):
    """A press that means nothing today: another version's button, what is gone, or data that is not ours."""
