"""The operations of a convolutional network, in numpy alone."""
