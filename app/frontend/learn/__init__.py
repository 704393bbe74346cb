"""The parts of the Learn page: the list of lessons, the family as edits, the words."""
