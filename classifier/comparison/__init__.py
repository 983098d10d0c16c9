"""How an archive compares with what a model knows: measures, words, and candidates for new topics."""

from classifier.comparison.archive import Comparison, compare
from classifier.comparison.left_out import reference

__all__ = ["Comparison", "compare", "reference"]
