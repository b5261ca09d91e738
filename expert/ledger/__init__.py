"""Records of consultations: the file, its chain, what an entry holds; inside, what is asked of many of them.

It may import `consultation`, `knowledge` and what lies under them.
What is asked of past records goes here; what is asked of a consultation, recorded or not, to `consultation`.
"""
