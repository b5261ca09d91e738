"""Reading a knowledge base, and checking it: every problem with its place.

It may import `language` and `io`.
A new key in a file is read here (and declared where its file is); what it means is said in `language`.
"""
