"""What a network is: the frozen tree, walking it, its shapes, and the rules that every network keeps. No torch."""
