"""What every room uses: quantities, limits, colours, number formats, devices, background jobs, links."""
