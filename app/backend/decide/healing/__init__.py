"""A trained network shrunk and trained on, beside what else could have been done with the budget."""
