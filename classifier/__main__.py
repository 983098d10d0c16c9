"""``python -m classifier`` is ``news-topics``."""

from classifier.cli import main

if __name__ == "__main__":  # and not in the processes that a cluster starts
    main()
