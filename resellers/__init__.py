"""Public schema: who resells here, under which host, and how their schema is made."""
