"""How models were made: training, compression, merging, quantisation and editing."""
