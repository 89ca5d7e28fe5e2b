"""The commands of the command line: what they take, what they say, and how they end."""
