"""Reprints: articles that repeat others, word for word or nearly. They are told and never deleted."""

from classifier.duplicates.finding import Clusters, find_clusters
from classifier.duplicates.tables import clusters

__all__ = ["Clusters", "clusters", "find_clusters"]
