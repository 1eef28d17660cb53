"""What we run: plain frozen data."""
