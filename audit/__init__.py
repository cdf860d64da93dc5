"""Who did what to which record, written inside the transaction of the change."""
