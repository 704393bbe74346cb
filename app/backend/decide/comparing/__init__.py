"""Several networks side by side: what was added, removed and changed, and what it costs."""
