"""Problems with places, files, YAML and JSON: nothing in it knows of rules.

It may import no other package of `expert`.
What reads or writes a file, or a format, goes here.
"""
