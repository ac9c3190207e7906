"""Roots that lie elsewhere (a bucket, a hub, another machine), through fsspec; nothing here is loaded for local ones."""
