"""The schema says of every operation what can go wrong with it, by one rule for all of them."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

_TEXTS = {"oneOf": [{"type": "string"}, {"type": "array", "items": {}}, {"type": "object"}]}
PROBLEM = {
    "type": "object",
    "description": "By field where a field is wrong; else the reason, as `detail`.",
    "additionalProperties": _TEXTS,
}
MESSAGE = inline_serializer("Message", {"message": serializers.CharField()})
_WHEN = {
    "400": "Something in the request is wrong; the answer names the field.",
    "401": "Not signed in.",
    "403": "Signed in, but not allowed to do this; or the CSRF token is missing.",
    "404": "Not there, or not for this person to see.",
    "406": "Answers are JSON.",
    "409": "It was changed at the same moment.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
    "503": "The database does not answer; `Retry-After` says when to try again.",
}
_ID = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}


def finish(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A postprocessing hook: paths without a slash at the end, ids as numbers, and all of the errors."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    result["paths"] = {path.rstrip("/"): item for path, item in result["paths"].items()}
    for path, item in result["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"].endswith("_id"):
                    parameter["schema"] = _ID
            for code in _codes(path, method, operation):
                operation["responses"].setdefault(code, _answer(_WHEN[code]))
    return result


def _codes(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    has_query = any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
    has_body, writes = "requestBody" in operation, method != "get"
    is_open = not operation.get("security")
    wanted = {
        "400": has_body or has_query or writes,
        "401": not is_open,
        "403": writes and not is_open,
        "404": "{" in path,
        "406": True,
        "409": writes,
        "413": has_body,
        "415": has_body,
        "429": True,
        "503": True,
    }
    return [code for code, is_wanted in wanted.items() if is_wanted]


def _answer(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
