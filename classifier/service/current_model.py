"""The model that answers now: its folder may be replaced while the service runs."""

import asyncio
import logging
from pathlib import Path
from typing import Any, NamedTuple

from classifier.errors import Error
from classifier.model.predictor import TopicPredictor, read_with_manifest
from classifier.storage.model_folder import shipped_folder

_LOG = logging.getLogger(__name__)
_SECONDS = 1.0  # between two looks at the folder


class Loaded(NamedTuple):
    """A model, and what its manifest says."""

    predictor: TopicPredictor
    manifest: dict[str, Any]


class CurrentModel:
    """A model folder; `now` is what was read from it last.

    Parameters
    ----------
    folder
        Model folder; None: the shipped model.

    Raises
    ------
    Error
        As from `read_with_manifest`.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder or shipped_folder()
        self._stamp = self._told = self._look()  # of the model that answers, and of one that could not be loaded
        self.now = Loaded(*read_with_manifest(self.folder))

    def renew(self) -> None:
        """Load the model anew if its folder has changed; one that cannot be loaded leaves the old one in place."""
        stamp = self._look()
        if stamp in (self._stamp, None):  # None: it is just being replaced
            return
        try:
            loaded = Loaded(*read_with_manifest(self.folder))
        except Error as error:  # perhaps its files have not all been copied yet: the next look tries again
            if stamp != self._told:
                _LOG.error("the new model is not taken, the old one goes on: %s", error)
            self._told = stamp
            return
        self._stamp = stamp
        if loaded.manifest["sha256"] != self.now.manifest["sha256"]:
            _LOG.warning("new model %s of %s", loaded.manifest["sha256"][:16], loaded.manifest.get("created"))
        self.now = loaded  # requests that have begun keep the old one

    async def watch(self) -> None:
        """Renew the model whenever its folder changes, until cancelled."""
        while True:
            await asyncio.sleep(_SECONDS)
            if self._look() != self._stamp:
                await asyncio.to_thread(self.renew)

    def _look(self) -> tuple[int, int, int] | None:
        """Return what changes when the manifest is replaced; None if there is none."""
        try:
            status = (self.folder / "manifest.json").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
