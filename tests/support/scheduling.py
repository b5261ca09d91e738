"""Which tests run in one process, one after another: those that share what is dear to set up.

By files, and not by marks (`xdist_group`), which this xdist does not see with this pytest.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

RANDOM = (
    "tests/io/test_yaml.py::test_random_text_is_read_or_refused",
    "tests/knowledge/test_load.py::test_random_changes_of_the_built_in_knowledge",
    "tests/knowledge/test_load.py::test_random_changes_of_a_small_knowledge",
)
TABLES = ("inputs", "results", "summary", "run", "affected")
TOGETHER = {
    "tests/population/test_spark.py": "Spark",  # one session
    "tests/backends/test_program.py": "populations",
    "tests/test_package.py": "packages",
    "tests/test_architecture.py": "modules",  # each parsed once
    "tests/commands/test_population.py": "tables",
    "tests/views/test_plot.py": "tables",
    **dict.fromkeys(RANDOM, "random"),  # Hypothesis reads every module first
    **{f"tests/population/test_{name}.py": "tables" for name in TABLES},
}


class Together(LoadScopeScheduling):
    """One test at a time to whoever has nothing to do, but for what stays together."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid) or TOGETHER.get(nodeid.split("::")[0], nodeid)
