"""A release into any SPARQL 1.1 store."""
