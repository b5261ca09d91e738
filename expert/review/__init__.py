"""Who approved which rule, and which approvals still hold.

It may import `consultation`, `knowledge` and what lies under them.
What is known of approvals goes here; how they are shown, to `views/reviews.py`.
"""
