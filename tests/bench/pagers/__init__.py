"""Each vendor's adapter beside that vendor's own SDK, over the same pages."""
