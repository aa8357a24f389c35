"""The commands of the command line, each a `run` that returns the exit code."""
