"""The runs of an MLflow tracking server: its experiments are roots, each run becomes one file."""
