"""``python -m classifier`` runs ``news-topics``."""

from classifier.cli import main

if __name__ == "__main__":  # worker processes import this module too, and must not run the command
    main()
