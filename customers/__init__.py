"""The reseller's customers and the people who belong to them."""
