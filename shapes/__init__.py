"""SHACL shapes as Turtle, and the little Python that runs them and says the findings in words."""
