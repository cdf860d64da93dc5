"""The storefront, the entrance and the pages of end customers."""
