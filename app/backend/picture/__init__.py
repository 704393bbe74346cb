"""A picture through the network: activations, what they depend on, what they mean."""
