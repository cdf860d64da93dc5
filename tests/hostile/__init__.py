"""What strangers and insiders throw at the product, and what must never come back."""
