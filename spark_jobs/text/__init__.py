"""Gold from the text of model cards."""
