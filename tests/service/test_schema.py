"""Schemathesis: whatever is sent, no answer is a mistake of ours, and each is as the OpenAPI document tells."""

import pytest
from hypothesis import HealthCheck, settings

from tests.service.conftest import MATCH

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: pip install '.[dev]'")


@pytest.fixture(scope="module")
def api(connect, tmp_path_factory):
    """The document of a service that takes corrections; its places do not run out."""
    labels = tmp_path_factory.mktemp("labels") / "labels.csv"
    with connect(feedback=labels, explain_places=1000) as client:
        schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        schema.app = client.app
        yield schema


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_answer_is_other_than_told(case):
    case.call_and_validate(headers={"Host": "localhost"})
