"""Layers: wiring only, one file each, called top to bottom by the stack."""
