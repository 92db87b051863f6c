"""What we know and how we keep it; imports nothing else of ours."""
