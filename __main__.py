"""The Pulumi program: load the settings, build the graph, export the outputs."""

from phoenix_infra.settings.loader import load
from phoenix_infra.stack import build

build(load()).export()
