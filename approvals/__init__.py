"""The queue: what is asked, who may decide, what a decision does."""
