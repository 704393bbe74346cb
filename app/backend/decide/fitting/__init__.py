"""A network shrunk to a budget: of MACs, parameters, memory, time."""
