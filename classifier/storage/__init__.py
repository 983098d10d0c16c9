"""Files that a crash cannot leave half-written, and the model folder."""
