"""Pictures of every page, and the tour that shows them."""
