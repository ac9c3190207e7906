"""What a name means: which series is the training loss, which setting the learning rate."""
