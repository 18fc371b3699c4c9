"""The command line: arguments in, the pipeline called, an exit code out."""
