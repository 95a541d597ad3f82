"""Feeding generated cases with what really is in the office, without making them less wild than they are."""

from __future__ import annotations

from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation as Where

from backoffice.tests.fuzz.office import Office


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


def has_empty_file(case: Case) -> bool:
    """werkzeug's client writes a file without bytes without its end of line: no server can read it."""
    return isinstance(case.body, dict) and "file" in case.body and not getattr(case.body["file"], "data", True)


class Feeder:
    """Puts real references and values into the sound parts of one case; negated parts stay negated.

    What it chooses depends on the number of the case alone, so that a run tries everything whatever is generated.
    """

    def __init__(self, office: Office, number: int) -> None:
        self.office = office
        self.random = Random(number)

    def mostly(self) -> bool:
        return self.random.random() < 0.85

    def feed(self, case: Case) -> None:
        if _is_sound(case, Where.PATH) and case.path_parameters:
            case.path_parameters = self._path(case, dict(case.path_parameters))
        if _is_sound(case, Where.QUERY) and isinstance(case.query, dict):
            query = self._fields(dict(case.query), {})
            if "place" in query and self.mostly():
                del query["place"]
            case.query = query
        # A body with bytes in it can be judged only as it was made.
        body: Any = case.body
        if _is_sound(case, Where.BODY) and isinstance(body, dict) and "file" not in body and self.mostly():
            revision = self.office.revisions.get(str(case.path_parameters.get("reference")), 1)
            fields = dict(body) if self.random.random() < 0.4 else _required(case)
            own: dict[str, list[Any]] = {"revision": [revision, revision, revision + 1]}
            if case.operation.definition.raw["operationId"] == "break_glass_task":
                own["reason"] = ["asked for by the court", " "]  # the one thing it refuses
            case.body = self._fields(fields, own)

    def _path(self, case: Case, path: dict[str, Any]) -> dict[str, Any]:
        office, operation = self.office, case.operation.definition.raw["operationId"]
        if "reference" in path and self.mostly():
            near = office.ripe.get(operation) or office.every
            far = [office.foreign, *office.every]
            path["reference"] = self.random.choice(near if self.random.random() < 0.7 else far)
        for name in ("person", "department", "procedure", "notice", "report"):
            if name in path and self.mostly():
                path[name] = self.random.choice(office.values[name])
        if "file" in path and self.mostly():
            path["file"] = office.files.get(path["reference"], 1)
        return path

    def _fields(self, fields: dict[str, Any], own: dict[str, list[Any]]) -> dict[str, Any]:
        """The fields with real values in place of most of the generated ones."""
        for name in sorted(fields.keys() & (self.office.values.keys() | own.keys())):
            if self.mostly():
                value = self.random.choice(own.get(name) or self.office.values[name])
                fields[name] = [value] if isinstance(fields[name], list) else value
        return fields


def _required(case: Case) -> dict[str, Any]:
    """The body without what may be left out: the more is said, the more there is to be refused."""
    body: Any = case.body
    declared = case.operation.get_body_for_media_type(case.media_type or "")
    required = declared.validation_schema.get("required", []) if declared else []
    return {name: body[name] for name in required}


def _is_sound(case: Case, where: Where) -> bool:
    components = case.meta.components if case.meta else {}
    return where not in components or components[where].mode.is_positive
