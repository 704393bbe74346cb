"""The tabs of the Costs page. Each is a module with ``show(view)``; only the open one is computed."""
