"""Records of consultations: the file, its chain, search, replay, and bundles to carry.

It may import `consultation`, `knowledge` and what lies under them.
What is asked of past records goes here; what is asked of a consultation, recorded or not, to `consultation`.
"""
