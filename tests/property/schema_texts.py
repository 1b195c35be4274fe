"""Random schemas: attributes, instances and rules of all kinds over a handful of names."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

ATOMS: Final = (
    *("a", "b", "c", "i", "j", "0", "1", "2", "255", "-1", "true", "1.5", '"x"', "[1, 2]", "e::x"),
    *("_root", "_parent", "_io", "_root.a", "_root.many", "_root.many[0]", "_parent.a", "_io.size"),
    *("_io.pos", "b.length", "c.size", "c[0]", "a.to_s", "a.as<u1>", "b.as<str>", "c.as<t1>"),
    *("sizeof<t1>", "many", "p"),
)
OURS: Final = ("_", "_index", "a._start", "_root._end", "b._sizeof", "j.a")
BINARY: Final = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "<", ">=", "and", "or")
COUNTS: Final = (
    "0",
    "1",
    "2",
    "3",
    "a",
    "a & 3",
    "c.size",
    "_io.size",
    "i",
    "_index",
    "a - 1",
    "p",
)

TYPES: Final = (
    *("type: u1", "type: u2", "type: s8be", "type: f4", "type: b3", "type: b1", "type: b12le"),
    *("type: u1, enum: e", "type: u1, enum: e, -unknown: allow", "size: {count}", "size-eos: true"),
    *("type: str, encoding: utf-8, size: {count}", "type: strz, encoding: ascii, size: 4"),
    *("type: strz, encoding: utf-16le", "terminator: 0", "contents: [1]", "type: t1", "type: t2"),
    *("terminator: [1, 2], include: true, eos-error: false", "type: t1, size: {count}"),
    *("type: t2, size-eos: true", "type: 't3({number})'", "type: t1, terminator: 0"),
    *("type: t1, size: 4, process: xor(a)", "type: t1, size: 9, process: zlib", "type: t3(a)"),
    "size: 3, process: rol(a)",
    "type: {{switch-on: a, cases: {{1: u1, 2: t1, 3: strz, _: u2}}}}, encoding: ascii",
    "type: {{switch-on: a, cases: {{1: t1, 2: t2}}}}, size: 3",
)
EXTRAS: Final = (
    *("repeat: eos", "repeat: expr, repeat-expr: {count}", "if: {condition}", "-align: 2"),
    "repeat: until, repeat-until: _index > 2 or {condition}",
    *("valid: 1", "valid: {{min: 1}}", "valid: {{any-of: [1, 2]}}", "valid: {{expr: {condition}}}"),
    *("-padding: zero", "-overlap: allow", "-derive: {{count-of: c}}", "-derive: {{size-of: b}}"),
    *("-derive: {{offset-of: b, plus: 1}}", "-checksum: {{algorithm: sum8, zeroed: [a]}}"),
    *("-checksum: {{algorithm: crc32, over: {{start: 0, end: {count}}}}}", "-sorted-by: _"),
    *(
        "-unique-by: _.a",
        "-sorted-by: {{by: _.a, within: t2}}",
        "-refers-to: {{table: _root.many}}",
    ),
    "-refers-to: {{table: _root.many, by: _.a, as: j}}",
)
PLACES: Final = (
    *("pos: {count}", "pos: {count}", "pos: {count}, io: _root._io", "pos: 0, io: _parent._io"),
    *("io: c._io, pos: {count}", "-locate: {{marker: [1], occurrence: last}}"),
)
LIMITS: Final = ("", "", "-limits: {depth: 4}", "-limits: {items: 20}", "-limits: {bytes: 40}")


def expressions(atoms: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Expressions over names that may be there, of types that may fit."""
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(BINARY), inner).map(lambda e: f"({' '.join(e)})"),
            st.tuples(inner, inner, inner).map(lambda e: f"({e[0]} ? {e[1]} : {e[2]})"),
            st.tuples(st.sampled_from(("c", "b", "many", "_root.many")), inner)
            .map("[".join)
            .map(lambda text: f"{text}]"),
            inner.map(lambda text: f"(-{text})"),
        ),
        max_leaves=4,
    )


plain = expressions(ATOMS)
quantified = st.tuples(
    st.sampled_from(("b", "c", "_root.many")),
    st.sampled_from(("all", "any", "count", "sum", "min", "max", "find")),
    st.sampled_from(("_ > 0", "x: x == a", "_.a > 0", "_index", "x, k: k + a", "_.b.size == 1")),
).map(lambda parts: "{}.{}({})".format(*parts))
ours = st.one_of(expressions(ATOMS + OURS), quantified)


def quoted(text: str) -> str:
    """Return an expression as a YAML scalar."""
    return "'" + text.replace("'", "''") + "'"


@st.composite
def filled(draw: st.DrawFn, template: str) -> str:
    """A template with expressions in its gaps."""
    return template.format(
        count=quoted(draw(st.one_of(st.sampled_from(COUNTS), plain))),
        number=draw(plain).replace("'", ""),
        condition=quoted(draw(plain)),
    )


@st.composite
def attributes(draw: st.DrawFn, *, places: bool) -> str:
    """The keys of an attribute, or of an instance with a position."""
    templates = [draw(st.sampled_from(TYPES)), *draw(st.lists(st.sampled_from(EXTRAS), max_size=2))]
    if places:
        templates.append(draw(st.sampled_from(PLACES)))
    return ", ".join(draw(filled(template)) for template in templates)


@st.composite
def types(draw: st.DrawFn) -> list[str]:
    """The lines of a type; each of its parts is one line, so that it can be left out."""
    lines = [draw(st.sampled_from(LIMITS)), "seq:"]
    names = draw(st.sampled_from(("", "a", "ab", "abc")))
    lines += [f"  - {{id: {name}, {draw(attributes(places=False))}}}" for name in names]
    lines.append("instances:")
    for name in draw(st.sampled_from(("", "i", "ij"))):
        value = f"value: {quoted(draw(plain))}"
        lines.append(f"  {name}: {{{draw(st.one_of(st.just(value), attributes(places=True)))}}}")
    lines.append("-invariants:")
    rules = range(draw(st.integers(0, 2)))
    lines += [f"  - {{id: r{number}, check: {quoted(draw(ours))}}}" for number in rules]
    return lines


@st.composite
def schemas(draw: st.DrawFn) -> list[str]:
    """The lines of a schema; most have mistakes, which leaving lines out removes."""
    order = draw(st.sampled_from(("be", "le")))
    top = draw(types())
    at = top.index("seq:") + 1
    top.insert(at, "  - {id: many, type: t1, repeat: expr, repeat-expr: 2}")
    lines = [f"meta: {{id: m, endian: le, bit-endian: {order}, encoding: utf-8}}", *top]
    lines += ["enums: {e: {0: x, 1: y}}", "types:"]
    for name in ("t1", "t2", "t3"):
        lines.append(f"  {name}:")
        if name == "t3":
            kind = draw(st.sampled_from(("u1", "s4", "any", "struct", "t1", "bytes", "'u1[]'")))
            lines.append(f"    params: [{{id: p, type: {kind}}}]")
        lines += [f"    {line}" for line in draw(types())]
    return [line for line in lines if line.strip()]
