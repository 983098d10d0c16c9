"""The command ``news-topics``: one module for each command, which imports what it needs when it runs."""

from classifier.cli.main import main as main
