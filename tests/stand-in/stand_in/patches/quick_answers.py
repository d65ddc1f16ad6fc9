"""moto works out anew, for every member of every instance, under which names its value may be found, and writes XML
through a SAX chain; here the names are remembered by shape and class and the XML is written at once. A large answer
takes a third of the time.

Not a rule of AWS: the answers are the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr


def apply() -> None:
    from moto.core.serialize import AttributePicker, EC2Serializer
    from moto.core.utils import MISSING, get_value

    names: dict[tuple, tuple[str, ...]] = {}

    def pick(self, context: Any) -> Any:
        sort = (context.shape, context.key, type(context.obj), type(self))
        possible = names.get(sort)
        if possible is None:
            possible = names[sort] = tuple(dict.fromkeys(self.get_possible_keys(context)))
        for name in possible:
            value = get_value(context.obj, name, MISSING)
            if value is not MISSING:
                break
        else:
            value = None
        transformers = self.response_transformers
        if transformers and context.key in _last_parts(tuple(transformers)):
            path = f"{context.key_path}.{context.key}"
            for suffix, transform in transformers.items():
                if path.endswith(suffix):
                    return transform(value)
        return value

    def serialize_body(self, body: dict) -> str:
        written: list[str] = ['<?xml version="1.0" encoding="utf-8"?>\n']
        for name, value in body.items():
            _write(name, value, written)
        return "".join(written)

    AttributePicker.__call__ = pick
    EC2Serializer._serialize_body = serialize_body


def _write(name: str, value: Any, written: list[str]) -> None:
    """`@name` are attributes and `#text` is the text, as in xmltodict."""
    if isinstance(value, (list, tuple)):
        for item in value:
            _write(name, item, written)
    elif value is None or value == "" or value == {}:
        written.append(f"<{name}/>")
    elif isinstance(value, dict):
        attributes = "".join(f" {k[1:]}={quoteattr(str(v))}" for k, v in value.items() if k.startswith("@"))
        written.append(f"<{name}{attributes}>")
        for inner, inner_value in value.items():
            if inner == "#text":
                written.append(escape(str(inner_value)))
            elif not inner.startswith("@"):
                _write(inner, inner_value, written)
        written.append(f"</{name}>")
    elif isinstance(value, bool):
        written.append(f"<{name}>{str(value).lower()}</{name}>")
    else:
        written.append(f"<{name}>{escape(str(value))}</{name}>")


@lru_cache(maxsize=64)
def _last_parts(paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(path.rsplit(".", 1)[-1] for path in paths)
