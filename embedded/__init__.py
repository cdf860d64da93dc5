"""PostgreSQL and Valkey out of Python wheels, and the supervisor behind `script/server`.

Nothing here knows the product: it starts programs, hands them an environment and stops them. Only
the standard library and the two wheels that carry the servers are imported, so it runs before
Django does.
"""
