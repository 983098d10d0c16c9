"""How good a model is: scores, figures, the report, and the model card."""
