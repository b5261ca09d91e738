"""One module for each command, or group of commands, and what they share: arguments in, results out.

It may import every other package.
A new command is a module here, and a line in the table of `cli.py`; what it prints is made in `views`.
"""
