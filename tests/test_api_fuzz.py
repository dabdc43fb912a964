"""Schemathesis makes requests from the schema: no answer is a 5xx, and all are what the schema promises.

FUZZ_EXAMPLES sets how many requests each operation gets.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User
from community import actions
from community.models import Group, Post
from myproject.wsgi import application

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@cache
def generated() -> Any:
    generator: Any = SchemaGenerator
    schema = schemathesis.openapi.from_dict(generator().get_schema(request=None, public=True))
    schema.app = application
    return schema


def operations() -> list[str]:
    return [operation.ok().label for operation in generated().get_all_operations()]
