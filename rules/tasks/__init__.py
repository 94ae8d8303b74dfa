"""Tasks and domains of models, from what their metadata, names and cards say."""
