"""Cache of detection results and diagnoses, valid while neither the files nor this package change."""
