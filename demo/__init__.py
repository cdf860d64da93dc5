"""Two demo resellers to try the product with. Never in production."""
