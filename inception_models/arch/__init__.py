"""What a network is: the frozen tree, how to walk it, its shapes, and the rules that every network keeps. No torch."""
