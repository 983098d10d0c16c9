"""``python -m classifier`` is ``news-topics``."""

from classifier.cli import main

main()
