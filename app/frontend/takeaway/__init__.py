"""Take home: what leaves the page, as code, as files for other programs, as tables and figures, as a report."""
