"""A release for people and programs: a read-only SPARQL endpoint, an editor, and a page behind every IRI."""
