"""The cloud providers: what the product knows of each, and what it can do there.

`registry.provider(name)` knows ids, words and instructions, and costs nothing to import: pages use
it. `registry.cloud(name, connection)` speaks to the provider over the network: tasks use it.
"""
