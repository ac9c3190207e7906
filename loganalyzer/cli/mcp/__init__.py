"""``analyze-logs mcp``: the analysis as tools of the Model Context Protocol, over standard input and output, read-only."""
