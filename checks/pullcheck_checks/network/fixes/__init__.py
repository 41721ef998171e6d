"""What mends a path: changes to the evidence that are commands too, tried by walking again."""
