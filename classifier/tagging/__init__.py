"""Articles to answers: in batches, in several processes, and in pandas."""
