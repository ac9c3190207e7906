"""Tables in text: CSV and TSV of any tool."""
