"""The rules that decide a verdict."""
