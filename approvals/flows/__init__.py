"""What can be done with requests: ask (signup), decide (decisions), tidy up (drafts)."""
