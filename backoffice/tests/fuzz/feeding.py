"""Feeding generated cases with what really is in the office, without making them less wild than they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation as Where

from backoffice.tests.fuzz.office import Office

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]
# Seven of eight; the first is what hypothesis comes back to.
MOSTLY = st.sampled_from([True] * 7 + [False])


def lighter(document: dict[str, Any]) -> dict[str, Any]:
    """The document with no text over 300 characters: long ones are slow to make and tested elsewhere."""
    for key, value in document.items():
        if key == "maxLength" and isinstance(value, int):
            document[key] = min(value, 300)
        elif isinstance(value, dict):
            lighter(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    lighter(one)
    return document


def feed(draw: Draw[Any], case: Case, office: Office) -> None:
    """Put real references and values into the parts of a case that are as declared; negated parts stay negated."""
    if _is_sound(case, Where.PATH) and case.path_parameters:
        _feed_path(draw, case, office)
    if _is_sound(case, Where.QUERY) and isinstance(case.query, dict):
        case.query = _fed(draw, dict(case.query), office, {})
        if "place" in case.query and draw(st.booleans()):
            del case.query["place"]
    # A body with bytes in it can be judged only as it was made.
    if _is_sound(case, Where.BODY) and isinstance(case.body, dict) and "file" not in case.body and draw(MOSTLY):
        revision = office.revisions.get(str(case.path_parameters.get("reference")), 1)
        fields = dict(case.body) if draw(st.booleans()) else _required(case)
        case.body = _fed(draw, fields, office, {"revision": [revision, revision, revision + 1]})


def _required(case: Case) -> dict[str, Any]:
    """The body without what may be left out: the more is said, the more there is to be refused."""
    body: Any = case.body
    declared = case.operation.get_body_for_media_type(case.media_type or "")
    required = declared.validation_schema.get("required", []) if declared else []
    return {name: body[name] for name in required}


def has_empty_file(case: Case) -> bool:
    """werkzeug's client writes a file without bytes without its end of line: no server can read it."""
    return isinstance(case.body, dict) and "file" in case.body and not getattr(case.body["file"], "data", True)


def _is_sound(case: Case, where: Where) -> bool:
    components = case.meta.components if case.meta else {}
    return where not in components or components[where].mode.is_positive


def _feed_path(draw: Draw[Any], case: Case, office: Office) -> None:
    fed = dict(case.path_parameters)
    if "reference" in fed and draw(MOSTLY):
        operation = case.operation.definition.raw["operationId"]
        ripe = office.ripe.get(operation) or office.every
        fed["reference"] = draw(st.sampled_from([*ripe, *ripe, office.foreign, *office.every[:: len(ripe)]]))
    for name in ("person", "department", "procedure"):
        if name in fed and draw(MOSTLY):
            fed[name] = draw(st.sampled_from(office.values[name]))
    if "file" in fed and draw(MOSTLY):
        fed["file"] = office.files.get(fed["reference"], 1)
    case.path_parameters = fed


def _fed(draw: Draw[Any], fields: dict[str, Any], office: Office, own: dict[str, list[Any]]) -> dict[str, Any]:
    """The fields with real values in place of most of the generated ones; optional ones may go."""
    for name in sorted(fields.keys() & (office.values.keys() | own.keys())):
        if draw(MOSTLY):
            value = draw(st.sampled_from(own.get(name) or office.values[name]))
            fields[name] = [value] if isinstance(fields[name], list) else value
    return fields
