"""Articles in files, and answers in files."""
