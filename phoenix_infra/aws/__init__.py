"""AWS components, one noun a file; they never import each other."""
