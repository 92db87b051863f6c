"""What a screen is made of: data in, plain component trees out. No queries, no callbacks."""
