"""The tabs of the Train page, and the work that they start. It goes on when another page is opened."""
