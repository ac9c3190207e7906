"""What programs print while they train, line by line: shared by the text reader and others that keep such output."""
