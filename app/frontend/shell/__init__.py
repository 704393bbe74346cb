"""What is around every page, and what all of them use: network bar, totals, notices, tabs, background tasks."""
