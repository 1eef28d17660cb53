"""JSON Schema of stack files, for editors and for people without the program."""

from typing import Any

from phoenix_infra.settings.models import SETTINGS
from phoenix_infra.settings.problem import NAMESPACE
from phoenix_infra.settings.sections import SETTINGS_CLASSES
from phoenix_infra.settings.stack_file import DEFAULT_PROVIDERS_KEY, TOP_LEVEL_KEYS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of `Pulumi.<stack>.yaml`, one alternative for each kind of stack."""
    settings = SETTINGS.json_schema()
    definitions: dict[str, Any] = dict(settings["$defs"])
    for cls in SETTINGS_CLASSES.values():
        definitions[cls.__name__] = _config(definitions[cls.__name__])
    alternatives = [{"$ref": f"#/$defs/{cls.__name__}"} for cls in SETTINGS_CLASSES.values()]
    properties: dict[str, Any] = {key: {"type": "string"} for key in TOP_LEVEL_KEYS}
    properties["config"] = {"oneOf": alternatives}
    return {
        "$schema": DIALECT,
        "title": "Stack file of Phoenix Infra",
        "type": "object",
        "additionalProperties": False,
        "required": ["config"],
        "properties": properties,
        "$defs": definitions,
    }


def _config(schema: dict[str, Any]) -> dict[str, Any]:
    """Sections stand in the file under their namespace."""
    properties = {f"{NAMESPACE}:{name}": value for name, value in schema["properties"].items()}
    properties[DEFAULT_PROVIDERS_KEY] = {"const": ["*"]}
    required = [f"{NAMESPACE}:{name}" for name in schema.get("required", [])]
    return {**schema, "properties": properties, "required": [*required, DEFAULT_PROVIDERS_KEY]}
