"""Features to topics: the linear model, how it is fitted, what it predicts, and why."""
