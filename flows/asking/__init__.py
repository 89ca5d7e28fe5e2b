"""Queries and explanations of a release."""
