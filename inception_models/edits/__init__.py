"""Edits are pure functions from Arch to Arch, what changed between two, and the difference as JSON. No torch.

Every edit either returns a network that builds and runs, or raises ValueError with one sentence that says what is wrong
and what is allowed. :mod:`.widths` (filter counts), :mod:`.depth` (copies, residual scales), :mod:`.structure`
(branches and ops), :mod:`.input_output` (input size, classes, auxiliary heads), :mod:`.toggles` (dropout, BatchNorm,
activation) and :mod:`.whatif` (the papers' experiments) make them; :mod:`.diff` and :mod:`.link` compare.
"""
