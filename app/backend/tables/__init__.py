"""The numbers as rows: stages, branches, ops and layers; sensitivity to every width; a check against torchinfo."""
