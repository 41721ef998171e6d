"""What can be known: frozen dataclasses, one module a subject. Tuples, never lists; nothing here holds a secret."""
