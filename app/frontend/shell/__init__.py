"""What is around every page: network bar, lesson, totals, goal, sharing, and what the browser keeps of it all."""
