"""What a preview says when it cannot be made."""


class PreviewError(Exception):
    """One clear sentence for the person who asked; never carries a secret value."""
