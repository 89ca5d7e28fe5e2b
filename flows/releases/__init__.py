"""What a release holds and says of itself, and what two of them have apart."""
