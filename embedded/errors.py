"""The one error of this package."""


class CannotStartError(Exception):
    """Something could not be started. The message is fit to show to the person at the terminal."""
