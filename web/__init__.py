"""What happens around every request of the web process: headers, compression, request ids, warm-up."""
