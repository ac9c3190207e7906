"""Remote roots (a bucket, a hub, another machine), through fsspec; not loaded for local roots."""
