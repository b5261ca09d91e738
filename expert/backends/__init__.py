"""The rules for other engines: straight-line Python, columns, Z3, CLIPS.

It may import `consultation`, `knowledge` and what lies under them.
A new engine is a module here: an algebra for the one meaning in `language/meaning.py`.
"""
