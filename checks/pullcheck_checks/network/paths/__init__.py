"""The walk of packets and their answers, over evidence alone: from a model subnet to one destination and back."""
