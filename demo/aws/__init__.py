"""A stand-in for AWS, so that the story of a cloud account can be played without one.

It speaks AWS's protocols for the calls of STS and Organizations that the product and its customers
make, keeps everything in memory, and lets a person play the customer and move the clock. It proves
the product's logic, not AWS's behaviour: it checks neither signatures nor a caller's own policies.
It does check, as AWS does, who calls, a role's trust policy, states of handshakes, and whether
input fits AWS's published model.
"""
