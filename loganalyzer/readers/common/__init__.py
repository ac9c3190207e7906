"""What several readers share: clocks, counters, records, names in lines, plain pickles."""
