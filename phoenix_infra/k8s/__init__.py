"""What we put into the cluster: components and typed builders of custom resources."""
