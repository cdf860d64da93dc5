"""What the tests stand on: servers, databases, clients of two resellers."""
