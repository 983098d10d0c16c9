"""A Dask cluster: one on this machine, or one that already runs."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version

import dask
from distributed import Client, LocalCluster

from classifier import __version__
from classifier.errors import Error, UsageError
from classifier.tagging.processes import block_signals

TIMEOUT = 5  # seconds in which a scheduler must answer
# Dask has its workers give memory back to the system after every step; to get it anew takes as long as all of tagging.
# With these settings of glibc a worker keeps the arrays of a batch, up to 256 MB.
_KEPT = {"MALLOC_TRIM_THRESHOLD_": 1 << 28, "MALLOC_MMAP_THRESHOLD_": 1 << 26, "MALLOC_ARENA_MAX": 1}
_MEMORY = {f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in _KEPT.items()}


@contextmanager
def connect(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """Connect to the scheduler at an address; None: start a cluster on this machine, by default a process per core.

    Raises
    ------
    UsageError
        It is not an address.
    Error
        Nobody answers there, or a worker lacks this package or has another version.
    """
    if scheduler is None:
        # Without a log, because outcomes report errors. The web page takes any free port.
        options = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL + 1}
        with ExitStack() as stack:
            with block_signals("SIGINT"), dask.config.set(_MEMORY):  # Dask itself ends its workers by SIGTERM
                local = stack.enter_context(LocalCluster(n_workers=workers or dask.system.CPU_COUNT, **options))
            yield stack.enter_context(Client(local))
        return
    try:
        client = Client(scheduler, timeout=TIMEOUT)
    except OSError as error:
        raise Error(f"no Dask scheduler answers at {scheduler}: does it run, and can this machine reach it?") from error
    except Exception as error:  # of any kind: each scheme of addresses has its own demands
        raise UsageError(
            f"{scheduler} is not the address of a Dask scheduler, such as tcp://host:8786 ({error})"
        ) from error
    with client:
        _check_workers(client)
        yield client


def describe(client: Client) -> str:
    """Return how many workers there are, and where Dask shows them."""
    workers = len(client.nthreads())
    if not workers:
        return "no worker has joined the cluster yet, waiting for one"
    page = f"; see {client.dashboard_link}" if client.cluster is None else ""
    return f"workers: {workers:,}{page}"


def _check_workers(client: Client) -> None:
    """Refuse workers whose answers may differ."""
    advice = f"every worker needs the versions used here, {_versions()}"
    try:
        versions = client.run(_versions)
    except Exception as error:  # of any kind: it comes from another machine
        raise Error(f"a worker cannot load this package ({error}): {advice}") from error
    for worker, found in versions.items():
        if found != _versions():
            raise Error(f"worker {worker} has {found}: {advice}")


def _versions() -> str:
    return f"news-topics {__version__} and pymorphy3-dicts-ru {version('pymorphy3-dicts-ru')}"
