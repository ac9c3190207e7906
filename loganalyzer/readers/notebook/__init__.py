"""Jupyter notebooks: what their cells showed while they trained."""
