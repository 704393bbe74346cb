"""What is around every page, and what all of them use: sidebar, header, totals, notices, tabs, background tasks."""
