"""One case: its answers, the engine, the result, its explanations, and the dialogue.

It may import `language` and `io`.
A new explanation is a module here that reads the result; only `engine.py` knows experta.
"""
