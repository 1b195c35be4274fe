"""A compiled schema as C for others to build: header, source, example and a page on their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness import __version__
from harness.native.compile.words import Legend
from harness.schema.ir import Schema
from harness.schema.lowered import Lowered
from harness.schema.resources import runtime_folder

# what all files that are written here name at their beginning
MAKER = "content-harness"
# what stands in the templates for the schema's own name
_NAME, _UPPER_NAME = "validator", "VALIDATOR"
_USE_OF_COMPANIONS = (
    "- A companion must be valid itself, by the rules of its own format: beside one that is "
    "missing, damaged or empty nothing is accepted. To see what is wrong with it, check it by its "
    "own schema.\n"
)
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
    from harness.native.compile.scratch import scratch_of  # noqa: PLC0415  # slow to import
    from harness.native.compile.source import generate  # noqa: PLC0415  # likewise

    core, legend = generate(schema, overlays)
    name = _prefix(schema.id)
    scratch = scratch_of(schema, overlays)
    values = _values(schema, contracts)
    values |= {"EACH": str(scratch.each), "MOST": str(scratch.most)}
    files = {one.replace(_NAME, name): _filled(one, name, values) for one in _TEMPLATES}
    made_by = f"/* Made by {MAKER} {__version__}. */"
    head = f'{made_by}\n#include "{name}.h"\n\n#define HV_EXPORT HV_LOCAL\n'
    head += f"#define HV_STACK_BYTES {name.upper()}_STACK_BYTES\n"
    files[f"{name}.c"] = "\n".join((head, core, _tables(legend, name), files[f"{name}.c"]))
    return files


def _prefix(name: str) -> str:
    """What all names begin with: the schema's, unless that is the engine's or the example's."""
    return f"format_{name}" if name.startswith("hv") or f"{name}.c" in _TEMPLATES else name


def _filled(template: str, name: str, values: Mapping[str, str]) -> str:
    text = (runtime_folder() / "export" / template).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.replace(_NAME, name).replace(_UPPER_NAME, name.upper())


def _values(schema: Schema, contracts: Sequence[str]) -> dict[str, str]:
    """What is put between the signs in the templates."""
    names = list(schema.companions)
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
        "GIVEN": "".join(map(_given, names)),
        "EXAMPLE_GIVEN": "".join(map(_example_given, range(1, 1 + len(names)), names)),
        "FILES": str(1 + len(names)),
        "USAGE": " ".join(["FILE", *(name.upper() for name in names)]),
        "SCRATCH_ARGUMENTS": f", {' + '.join(f'{name}_size' for name in names) or '0'}",
        "CALL_ARGUMENTS": "".join(f", {name}, {name}_size" for name in names),
        "ALL_COMPANIONS": ",\n * and all companions are valid themselves" if names else "",
        "USE_OF_COMPANIONS": _USE_OF_COMPANIONS if names else "",
        "GIVE_ONCE": ", give it the companions once" if names else "",
    }


def _given(name: str) -> str:
    """A condition that goes on from another: this companion is refused."""
    call = f"{_give(name)}(context, {name}_data, {name}_length)"
    return f"\n        || {call} != {_UPPER_NAME}_DONE"


def _example_given(number: int, name: str) -> str:
    call = f"{_give(name)}(context, data[{number}], sizes[{number}])"
    return f"    if (is_refused(arguments[{1 + number}], {call}))\n        return 2;\n"


def _give(name: str) -> str:
    return f"{_NAME}_give_{name}"


def _signature(name: str) -> str:
    return f"int {_give(name)}({_NAME}_context *context, const uint8_t *data, size_t size)"


def _declaration(name: str) -> str:
    return (
        f"/* Read the companion `{name}`, once, before the first check; more than one in this\n"
        " * order. It must be valid itself: one that is not read to its end, or breaks a rule by\n"
        f" * an error, is refused with {_UPPER_NAME}_BAD_COMPANION, and nothing can be checked\n"
        f" * until a valid one is given. Returns {_UPPER_NAME}_DONE where it can be used; it must\n"
        " * stay as it is as long as the context is used. */\n"
        f"{_signature(name)};\n\n"
    )


def _definition(number: int, name: str) -> str:
    return (
        f"{_signature(name)}\n{{\n"
        f"    return hv_give_valid_companion({_NAME}_ctx(context), {number}, data, size);\n}}\n\n"
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
