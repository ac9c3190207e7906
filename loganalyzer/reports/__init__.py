"""One file per output: an analysis in, text or bytes out."""
