"""What many rules ask, written once."""
