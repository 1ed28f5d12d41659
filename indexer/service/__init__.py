"""The receiver: takes the platforms' callbacks over HTTP, and loses none."""
