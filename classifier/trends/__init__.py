"""What the news is about, over time: shares of topics with honest intervals, charts, and a page."""
