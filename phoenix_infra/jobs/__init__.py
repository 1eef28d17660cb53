"""Scripts that run inside the cluster; Jobs mount these files, tests run them."""
