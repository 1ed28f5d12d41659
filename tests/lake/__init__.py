"""The lake: what is exported, what is shown of it, and what readers see meanwhile."""
