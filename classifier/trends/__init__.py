"""What the news is about, over time: shares of topics with honest intervals, charts, and a page.

`classifier.trends.figures` draws what these functions return: `plot_share`, `plot_count`, `plot_changes` and more.

>>> import pandas as pd
>>> from classifier import trends
>>> tagged = pd.DataFrame({"date": ["2023-05-01", "2023-06-01"] * 40, "topics": [["sport"], []] * 40})
>>> trends.shares(tagged, by="year", topics=["sport"])[["period", "articles", "share"]]
  period  articles  share
0   2023        40    0.5
"""

from classifier.trends.changes import changes
from classifier.trends.checking import check
from classifier.trends.counting import join_clusters
from classifier.trends.examples import examples
from classifier.trends.shares import shares
from classifier.trends.top import top

__all__ = ["changes", "check", "examples", "join_clusters", "shares", "top"]
