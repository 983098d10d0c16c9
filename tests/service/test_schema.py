"""Schemathesis: whatever is sent, no answer is a mistake of ours, and each is as the OpenAPI document tells."""

import pytest
from hypothesis import HealthCheck, settings

from tests.service.conftest import MISSING

if MISSING:
    pytest.skip(f"{', '.join(MISSING)} not installed: pip install '.[dev]'", allow_module_level=True)
schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: pip install '.[dev]'")


from classifier.service.documents import DOCUMENT  # noqa: E402
from classifier.service.endpoints import ENDPOINTS  # noqa: E402
from classifier.service.files import FORMATS  # noqa: E402
from classifier.service.openapi import document  # noqa: E402

checks = pytest.importorskip("schemathesis.specs.openapi.checks")
# Valid data may be refused for what a schema cannot tell: a topic that is unknown, a table without a text.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


@schemathesis.serializer(*FORMATS, DOCUMENT)
def as_bytes(_, value):
    """Send a table or a document as it is made: bytes that are hardly ever one."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


schema = schemathesis.openapi.from_dict(document(ENDPOINTS, token=False))


@pytest.fixture(scope="module")
def url(start_service, tmp_path_factory):
    """A service that takes corrections."""
    return start_service("--feedback", tmp_path_factory.mktemp("labels") / "labels.csv").url


@schema.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_answer_is_other_than_told(case, url):
    case.call_and_validate(base_url=url, checks=CHECKS)
