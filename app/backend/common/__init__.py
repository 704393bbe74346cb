"""What every part of the backend uses: quantities, limits, colours, number formats, devices, background jobs, links."""
