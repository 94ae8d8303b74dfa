"""What happens to licences from a model to its derivatives."""
