"""Outputs, one file each: render an analysis to text or bytes."""
