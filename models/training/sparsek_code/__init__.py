"""SparseK Code: the model's weights and training."""
