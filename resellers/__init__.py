"""Public schema: who resells on this installation, under which host, and how their schema is made."""
