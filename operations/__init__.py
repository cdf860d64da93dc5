"""Public schema: the platform operators' admin."""
