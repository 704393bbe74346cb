"""What is around every page: the sidebar, the header with the totals, notices."""
