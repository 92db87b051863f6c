"""What the processes tell of themselves: measures for Prometheus and CloudWatch, and traces. Knows no other layer."""
