"""From one run to its diagnosis, from the diagnoses of a sweep to its findings."""
