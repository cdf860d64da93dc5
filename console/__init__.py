"""Pages of reseller staff."""
