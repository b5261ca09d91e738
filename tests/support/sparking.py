"""One session of Spark for all tests, and a quick one for plans that take longer to compile than to run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    if not find_spec("pyspark"):
        pytest.skip("PySpark is not installed (the extra `spark`)")
    if not shutil.which("java"):
        fetched = sorted(Path(sys.prefix).glob("java/*/bin/java"))  # by `make`, where there was none
        if not fetched:
            pytest.skip("Java is not installed, which Spark needs, and could not be fetched")
        os.environ["JAVA_HOME"] = str(fetched[0].parent.parent)
        os.environ["PATH"] += os.pathsep + str(fetched[0].parent)
    from expert.population.spark import session

    # what runs for a minute is not worth compiling twice
    os.environ["SPARK_SUBMIT_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    with session() as found:
        yield found


@contextmanager
def compiling_less(spark: Any) -> Iterator[None]:
    """For plans that take longer to compile than their rows to compute."""
    settings = {"spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.shuffle.partitions": "2"}
    before = {name: spark.conf.get(name) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    yield
    for name, value in before.items():
        spark.conf.set(name, value)


@pytest.fixture
def quick_spark(spark: Any) -> Iterator[Any]:
    with compiling_less(spark):
        yield spark
