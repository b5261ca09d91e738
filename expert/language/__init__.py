"""The language: terms, conditions, conclusions and rules as data, what they mean, and how they read.

It may import `io`.
A new condition or conclusion begins here: `semantics.md`, its class, its meaning, its words.
"""
