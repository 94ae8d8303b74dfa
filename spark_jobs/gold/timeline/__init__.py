"""How soon others build on a model, how the Hub grows, and how long families and popularity last."""
