"""The pages, one a file, each a function without arguments."""
