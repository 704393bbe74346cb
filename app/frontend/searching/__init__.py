"""The Search page: many networks tried, and the best of them opened."""
