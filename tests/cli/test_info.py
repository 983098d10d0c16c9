import json

import pytest

from classifier.storage.model_folder import read_manifest


def test_people_see_when_on_what_and_how_well_a_model_was_trained(run, model):
    manifest = read_manifest(model)
    out = run("info", "--model", model).out
    scores = {row["topic"]: row["f1"] for row in manifest["report"]["scores"]}
    for part in (
        model,
        manifest["created"],
        f"34 articles, sha256 {manifest['data']['sha256'][:16]}…",
        "on 12 held-out articles",
        f"{scores['macro']:.3f}",
        f"scikit-learn {manifest['versions']['scikit-learn']}",
    ):
        assert str(part) in out


@pytest.mark.parametrize("folder", [None, "model"])
def test_programs_get_the_manifest(run, model, folder):
    path = model if folder else None
    out = run("info", "--format", "json", *(["--model", path] if path else [])).out
    assert json.loads(out) == read_manifest(path)


def test_a_manifest_that_lacks_what_to_show_is_an_error_with_advice(run, model, tmp_path):
    manifest = {name: value for name, value in read_manifest(model).items() if name != "report"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = run("info", "--model", tmp_path)
    assert result.code == 1 and "--format json shows what it has" in result.err
    assert json.loads(run("info", "--model", tmp_path, "--format", "json").out) == manifest
