"""Tasks: look at what waits at all resellers."""

from operations import figures
from resellers.tasking import public_task


@public_task(name="operations.gather_figures")
def gather_figures(**_future: object) -> None:
    """Started by beat, for `/metrics`."""
    figures.gather()
