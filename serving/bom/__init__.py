"""Machine-learning bills of materials (ML-BOM) of models, from the published tables."""
