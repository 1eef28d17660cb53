"""The infrastructure of Phoenix Guardian as one typed Pulumi program."""
