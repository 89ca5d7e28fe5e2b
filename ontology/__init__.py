"""The vocabulary: classes, properties, concept schemes, cues and queries as Turtle, and what loads them."""
