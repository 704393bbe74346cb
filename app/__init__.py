"""The app: how networks are looked at (backend), what a person sees (frontend), the command line (commands)."""
