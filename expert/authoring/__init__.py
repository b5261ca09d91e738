"""What an author is helped with: a new knowledge base, its format, schemas for editors, the next step.

It may import every package but `commands` and `views`.
New help for the writing of knowledge files goes here; checks of what is written go to `knowledge`.
"""
