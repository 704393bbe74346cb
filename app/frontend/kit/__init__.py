"""What every page is made of: notices, controls, background work, buttons to save, words and their explanations."""
