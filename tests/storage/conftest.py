"""Model folders, and ways to damage them."""

import hashlib
import json

import pytest

from classifier.storage.model_folder import write_model
from tests.model.conftest import hand_made


@pytest.fixture(scope="session")
def content():
    """A model of one topic and two lemmas as plain data."""
    return hand_made([[2.0, 4.0], [8.0, 16.0]]).to_content()


@pytest.fixture
def folder(tmp_path, content):
    """The model folder of that model."""
    write_model(tmp_path / "model", content, {"topics": content["classes"], "parameters": {}}, "# Card\n")
    return tmp_path / "model"


def rewrite(folder, **fields):
    """Replace fields of the manifest."""
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **fields}), encoding="utf-8")


def replace_model(folder, plain):
    """Replace the model by a pickle; its hash in the manifest is right."""
    (folder / "model.joblib").write_bytes(plain)
    rewrite(folder, sha256=hashlib.sha256(plain).hexdigest())
