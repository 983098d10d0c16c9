"""How an archive compares with what a model knows: measures, words, and candidates for new topics.

What it is compared with comes from training: `classifier.comparison.left_out.reference`, which needs scikit-learn.
"""

from classifier.comparison.archive import Comparison, compare

__all__ = ["Comparison", "compare"]
