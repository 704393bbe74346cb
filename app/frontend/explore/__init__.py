"""The parts of the Explore page: diagram, inspector, Table 1."""
