"""What can be wrong on the way, one module for each kind of place."""
