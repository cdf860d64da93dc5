"""Amazon Web Services: role check, invitations and new accounts, through STS and Organizations."""
