"""What the person sees: reads input, calls the backend, renders."""
