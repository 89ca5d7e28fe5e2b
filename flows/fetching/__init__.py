"""From a list of sources to pages on the disk."""
