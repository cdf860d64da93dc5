"""The list of customers as a file: which columns, how each cell is written, and the work of it."""
