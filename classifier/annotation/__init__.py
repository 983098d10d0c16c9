"""Articles for people to read: files for the tools they read in, and what comes back."""
