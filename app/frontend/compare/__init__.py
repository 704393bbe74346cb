"""The parts of the page Compare. Each tab is a module with ``show(context)``; only the open one is computed."""
