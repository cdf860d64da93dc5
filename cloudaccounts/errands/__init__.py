"""What is under way at the providers: asked about by one worker at a time, outside of transactions.

A worker claims an errand by one conditional update, asks the provider, and stores the answer under
the account's lock. A worker that dies on the way leaves the errand behind; when the lease is over,
the next one asks again, and the provider's adapter looks before it makes anything.
"""
