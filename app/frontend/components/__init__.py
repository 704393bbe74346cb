"""The JavaScript components of the page, one folder each."""
