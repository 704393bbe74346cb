"""What a person takes home: checked code, files for other programs, tables and figures for papers, a report."""
