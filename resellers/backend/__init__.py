"""The database backend: a reseller's search path never holds the public schema."""
