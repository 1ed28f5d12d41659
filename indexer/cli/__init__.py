"""The command line: thin modules, one a group of commands, over the library."""

from indexer.cli.app import main

__all__ = ["main"]
