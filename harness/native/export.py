"""A compiled schema as C for others to build: header, source, example and a page on their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness import __version__
from harness.native.compile.words import Legend
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered
from harness.schema.resources import runtime_folder

# what stands in the templates for the schema's own name
_NAME, _UPPER_NAME = "validator", "VALIDATOR"
_TEMPLATES = ("validator.h", "validator.c", "example.c", "usage.md")


def exported(
    schema: Schema, overlays: Sequence[Lowered] = (), contracts: Sequence[str] = ()
) -> dict[str, str]:
    """Return files by name: the check of one schema with what contracts add.

    Args:
        schema: one that compiles.
        overlays: contracts, resolved against it.
        contracts: what they are called.
    """
    from harness.native.compile.source import generate  # noqa: PLC0415  # slow to import

    core, legend = generate(schema, overlays)
    name = _prefix(schema.id)
    values = _values(schema, contracts)
    files = {one.replace(_NAME, name): _filled(one, name, values) for one in _TEMPLATES}
    head = f'#include "{name}.h"\n\n#define HV_EXPORT HV_LOCAL\n'
    files[f"{name}.c"] = "\n".join((head, core, _tables(legend, name), files[f"{name}.c"]))
    return files


def _prefix(name: str) -> str:
    """What all names begin with: the schema's, unless the engine's own begin so."""
    return f"format_{name}" if name.startswith("hv") else name


def _filled(template: str, name: str, values: Mapping[str, str]) -> str:
    text = (runtime_folder() / "export" / template).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.replace(_NAME, name).replace(_UPPER_NAME, name.upper())


def _values(schema: Schema, contracts: Sequence[str]) -> dict[str, str]:
    """What is put between the signs in the templates."""
    names = list(schema.companions)
    given = [f"{_give(name)}(context, {name}_data, {name}_length)" for name in names]
    read = [f"{_give(name)}(context, data[{at}], sizes[{at}])" for at, name in enumerate(names, 1)]
    return {
        "FORMAT": schema.id,
        "VERSION": __version__,
        "DIGEST": schema.digest,
        "CONTRACTS": "".join(f", with the contract of {one}" for one in contracts),
        "GIVE_DECLARATIONS": "".join(map(_declaration, names)),
        "GIVE_DEFINITIONS": "".join(map(_definition, range(len(names)), names)),
        "PARAMETERS": "".join(
            f",\n{' ' * 22}const uint8_t *{name}_data, size_t {name}_length" for name in names
        ),
        "GIVEN": _any_refused(given),
        "EXAMPLE_GIVEN": _any_refused(read),
        "FILES": str(1 + len(names)),
        "USAGE": " ".join(["FILE", *(name.upper() for name in names)]),
        "SCRATCH_ARGUMENTS": f", {' + '.join(f'{name}_size' for name in names) or '0'}",
        "CALL_ARGUMENTS": "".join(f", {name}, {name}_size" for name in names),
    }


def _any_refused(calls: Sequence[str]) -> str:
    """A condition that goes on from another: one of the companions cannot be read."""
    return "".join(f"\n        || {call} > {_UPPER_NAME}_LIMIT" for call in calls)


def _give(name: str) -> str:
    return f"{_NAME}_give_{name}"


def _signature(name: str) -> str:
    return f"int {_give(name)}({_NAME}_context *context, const uint8_t *data, size_t size)"


def _declaration(name: str) -> str:
    return (
        f"/* Read the companion `{name}`, once, before the first check; more than one in this\n"
        " * order. It is taken as it is: whether it is valid is for the check of its own format.\n"
        f" * Returns {_UPPER_NAME}_DONE or {_UPPER_NAME}_LIMIT where it can be used. */\n"
        f"{_signature(name)};\n\n"
    )


def _definition(number: int, name: str) -> str:
    return (
        f"{_signature(name)}\n{{\n"
        f"    return hv_give_companion({_NAME}_ctx(context), {number}, data, size);\n}}\n\n"
    )


def _tables(legend: Legend, name: str) -> str:
    """What records number: codes, ids of rules, names of slots."""
    lines = [
        _texts(f"{name}_codes", [message.code for message in legend.messages]),
        _texts(f"{name}_rules", [source.rule for source in legend.sources]),
    ]
    lines += [
        _texts(f"{name}_names_{number}", type_.names) for number, type_ in enumerate(legend.types)
    ]
    all_names = ", ".join(f"{name}_names_{number}" for number in range(len(legend.types)))
    lines.append(f"static const char *const *const {name}_names[] = {{{all_names}}};\n")
    return "\n".join(lines)


def _texts(name: str, texts: Sequence[str]) -> str:
    quoted = ", ".join(map(_quoted, texts)) or '""'
    return f"static const char *const {name}[] = {{{quoted}}};"


def _quoted(text: str) -> str:
    """A C string; octal escapes end after three digits, whatever follows."""
    escaped = (
        chr(byte) if (byte < 0x80 and chr(byte).isalnum()) or byte in b" _-.:" else f"\\{byte:03o}"
        for byte in text.encode()
    )
    return f'"{"".join(escaped)}"'
