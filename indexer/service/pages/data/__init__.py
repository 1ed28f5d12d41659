"""What the pages show, as typed rows: each statement in ``sql/``, over tables and views that anybody can read."""
