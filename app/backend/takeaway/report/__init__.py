"""The report of a network: one HTML file that loads nothing, with what is known about it and ways to look at it.

``page`` puts it together from the ``sections``; ``picture`` has those about a picture; ``report.css`` and
``report.js`` go into the file.
"""
