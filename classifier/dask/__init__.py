"""The same on a Dask cluster: tables are tagged, archives are tagged file by file, and large label sets are learned."""

from classifier.errors import UsageError

try:
    import dask.dataframe  # noqa: F401
    import distributed  # noqa: F401
except ImportError as error:
    raise UsageError("a cluster needs Dask: pip install 'dask[dataframe]' distributed") from error

from classifier.dask.fitting import fit
from classifier.dask.frames import schema, tag

__all__ = ["fit", "schema", "tag"]
