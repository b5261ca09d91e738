"""Results as a person sees them: text, plain sentences, HTML, Markdown, graphs and plots.

It may import every package but `commands` and `authoring`.
A new view is a module here that makes blocks (`document.py`) of results; a new form is one that writes them.
"""
