"""Many cases at once: what they cover, what none would notice, what rests on a claim or an edit.

It may import `consultation`, `knowledge` and what lies under them.
A new question about a set of cases is a module here; one that takes the solver goes to `proof`.
"""
