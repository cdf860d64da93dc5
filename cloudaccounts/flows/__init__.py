"""What people and tasks do with cloud accounts."""
