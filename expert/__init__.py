"""A rule-based expert system shell whose every conclusion can be traced to its document.

For Python programs: `from expert import load, consult, how`, and what else `expert.library` has. It is
imported when the first such name is asked for, so that the command starts no slower.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from expert.io.version import __version__ as __version__

if TYPE_CHECKING:
    from expert.library import *  # noqa: F403 - its names are those of this package
else:

    def __getattr__(name):
        """A name of the library."""
        if name == "__all__":
            return __dir__()
        library = import_module("expert.library")
        if name not in library.__all__:
            raise AttributeError(f"module `expert` has no `{name}`")
        return getattr(library, name)

    def __dir__():
        return sorted(["__version__", *import_module("expert.library").__all__])
