"""The terms, conditions and rules of the language: their data, their meaning, the policy, and their English.

It may import `io`.
A new condition or conclusion begins here: `semantics.md`, its class, its meaning, its words.
"""
