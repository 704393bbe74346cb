"""The numbers of any module that a person brings: torch's own counter decides, and torch.fx or torch.export trace."""
