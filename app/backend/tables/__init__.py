"""The numbers as rows: stages, branches, ops and layers; sensitivity of every width; the check by torchinfo."""
