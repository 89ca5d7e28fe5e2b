"""The vocabulary: classes, properties, concept schemes, cue phrases and queries as Turtle, and the Python that loads them."""
