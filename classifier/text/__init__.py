"""Words to numbers: tokens, lemmas, vocabulary, TF-IDF and word vectors. Nothing here knows a topic."""
