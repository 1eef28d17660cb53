"""What a stack may say about itself: typed, frozen, checked before anything is built."""
