"""Results as a person sees them: text, plain sentences, HTML, Markdown, graphs and plots.

It may import every package but `commands` and `authoring`.
A new view is a module here that turns results into blocks or text; it computes nothing of its own.
"""
