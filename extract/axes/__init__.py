"""The rules of each axis: which mentions are facts, and why the others are not."""
