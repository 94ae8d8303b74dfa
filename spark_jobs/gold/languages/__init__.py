"""Languages of models and their transfer from parent to child."""
