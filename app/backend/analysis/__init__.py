"""The traced network and its numbers: layers, shapes, parameters, MACs, receptive fields."""
