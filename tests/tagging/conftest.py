import pytest

from classifier.storage.model_folder import write_model


@pytest.fixture
def folder(tmp_path, small_model):
    """The small model in a folder."""
    metadata = {"topics": small_model.predictor_.classes, "parameters": {}}
    write_model(tmp_path / "model", small_model.predictor_.to_content(), metadata, "")
    return tmp_path / "model"
