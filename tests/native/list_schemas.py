"""Random schemas of lists that a trial sweeps: items, keys, references, texts, regions, limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

Node = dict[str, Any]

INTEGERS: Final = (
    *("u1", "u1", "u1", "u2", "u4", "u8", "u2be"),
    *("s1", "s2", "s4", "s8", "s2be", "s4be", "s8be"),
)
NARROW: Final = ("u1", "s1", "u2", "s4", "u4", "s8")
ENCODINGS: Final = ("ASCII", "UTF-8", "ISO-8859-1")
CONSTANTS: Final = (-(1 << 63) + 1, -1, 0, 1, 2, 3, 5, 127, 255, (1 << 63) - 1)
RULED: Final[tuple[Node, ...]] = (
    *({}, {}, {}, {}, {}, {}, {}, {}, {}, {"enum": "e"}, {"enum": "e", "-unknown": "allow"}),
    *({"valid": {"max": 9}}, {"valid": {"min": 0}}, {"valid": {"min": -1, "max": 3}}),
    *({"valid": {"any-of": [0, 1, 2, 5]}}, {"valid": {"expr": "_ != 4"}}, {"-padding": "zero"}),
    *({"valid": {"min": -(1 << 63)}}, {"valid": {"max": (1 << 63) - 1}}),
    *({"valid": {"min": 1 << 63}}, {"valid": {"max": (1 << 64) - 1}}),
)
ORDERS: Final[tuple[Node, ...]] = (
    *({}, {}, {"-unique-by": {"by": "_.key"}}, {"-sorted-by": {"by": "_.key"}}),
    {"-sorted-by": {"by": "_.key", "strict": True}},
    {"-sorted-by": {"by": "_.key", "descending": True}},
    {"-unique-by": {"by": "_.key"}, "-sorted-by": {"by": "_.key"}},
)
KEYS: Final = (*["_.key"] * 12, "_.key.as<u1>", "_.key.as<s1>", "_.key.as<s8>")
# what is undefined in C, or ends a process, where a cast does not hold
COMPUTED: Final = (
    *("100 / ({0} + 1)", "7 % ({0} + 129)", "{0} % 3", "{0} / 2", "{1} / ({0} + 130)"),
    *("({0} << 24)", "(1 << {0})", "(3 << ({1} & 7) - 2)", "{0} >> 3", "{0} * 0x100000000000000"),
    *("({0} - {1}.as<s4>) * 3", "({0} + {0})"),
)
LAYOUTS: Final[tuple[Node, ...]] = (
    *({}, {}, {}, {"-layout": {"gaps": "zero"}}, {"-layout": {"overlap": "allow"}}),
    {"-layout": {"trailing": "allow", "gaps": "allow"}},
    {"-limits": {"items": 20, "bytes": 60, "depth": 6}},
)
POOLS: Final[tuple[Node, ...]] = (
    *({}, {"-layout": {"trailing": "zero", "gaps": "zero"}}),
    {"-layout": {"trailing": "allow", "gaps": "allow", "overlap": "allow"}},
)
BODIES: Final[tuple[list[Node], ...]] = (
    [{"id": "body", "type": "body"}],
    [{"id": "size", "type": "u1"}, {"id": "body", "size": "size", "type": "body"}],
    [{"id": "body", "type": "body", "repeat": "expr", "repeat-expr": "2"}],
)
DEEPEST: Final = 2  # of structures in items, and of conditions in conditions


def schema(random: Random) -> str:
    """Return the text of a schema with a list of items, and one of what may refer to them."""
    return json.dumps(_Maker(random).schema(), indent=1)


class _Chances:
    """What is left to chance; of names, those of numbers that are known where they are used."""

    def __init__(self, random: Random) -> None:
        self._random, self.choice = random, random.choice

    def percent(self, chance: int) -> bool:
        return self._random.randrange(100) < chance

    def below(self, end: int) -> range:
        """As many numbers, from none on."""
        return range(self._random.randrange(end))

    def condition(self, names: Sequence[str], depth: int = 0) -> str:
        name, choice = self.choice(names), self.choice
        match self._random.randrange(9):
            case 0 | 1 if depth < DEEPEST:
                one, two = (self.condition(names, depth + 1) for _ in range(2))
                return choice((f"({one} and {two})", f"({one} or {two})", f"not ({one})"))
            case 2 if depth < DEEPEST:
                parts = (self.condition(names, depth + 1) for _ in range(3))
                return "({} ? {} : {})".format(*parts)
            case 3:
                return f"({name} == 1 or {name} == 0 or {name} == {choice((2, -1))})"
            case 4:
                masked = f"({name} {choice('&|^')} {choice((1, 3, 7))})"
                return f"{masked} {choice(('!=', '<=', '=='))} {choice((0, 1, 3))}"
            case 5:
                name = f"{name}.as<{choice(NARROW)}>"
            case 6:
                name = choice(COMPUTED).format(f"{name}.as<{choice(NARROW)}>", choice(names))
        number = choice(names) if self.percent(80) else str(choice(CONSTANTS))
        return f"{name} {choice(('==', '!=', '<', '<=', '>', '>='))} {number}"

    def present(self, names: Sequence[str], chance: int) -> Node:
        """A condition of a field, or none."""
        return {"if": self.condition(names)} if self.percent(chance) else {}

    def rules(self, names: Sequence[str], end: int) -> list[Node]:
        """Invariants of a few parts, of which one is enough, or none would ever hold."""
        made = []
        for number in self.below(end):
            check = " or ".join(self.condition(names) for _ in range(self.choice((1, 2, 3, 4))))
            severity = self.choice(("error", "warning"))
            rule = {"id": f"r{number}", "check": check, "severity": severity}
            made.append(rule | ({"when": self.condition(names)} if self.percent(40) else {}))
        return made


@dataclass(slots=True)
class _Record:
    """A structure while it is made: its parts, and the numbers that expressions may use."""

    name: str
    depth: int
    numbers: list[str]
    params: list[Node] = field(default_factory=list)
    seq: list[Node] = field(default_factory=list)
    instances: Node = field(default_factory=dict)
    has_any_size: bool = False

    def add(self, name: str, keys: Mapping[str, Any], *numbers: str) -> None:
        """Add a field, and the numbers that come with it."""
        self.seq.append({"id": name, **keys})
        self.numbers += numbers


class _Maker:
    """Makes one schema."""

    def __init__(self, random: Random) -> None:
        self._chances, self._choice = _Chances(random), random.choice
        self._types: Node = {}

    def schema(self) -> Node:
        """The lists are in the root, or in a structure of it."""
        is_inner = self._chances.percent(30)
        holder, kind = "_parent" if is_inner else "_root", self._choice(INTEGERS)
        pool = self._choice(("", "", "_root._io", "_root.pool._io"))
        self._item(holder, kind, pool)
        self._use(holder, kind if self._chances.percent(70) else self._choice(INTEGERS))
        rules = self._chances.rules(("n", "m", "items.size", "uses.size"), 2)
        lists: Node = {"seq": self._lists(), "-invariants": rules}
        if is_inner:
            self._types["body"], lists = lists, {"seq": [*self._choice(BODIES)]}
        root: Node = {"meta": {"id": "box", "endian": self._choice(("le", "be"))}, **lists}
        self._pool(root, pool)
        enums = {"e": {"0": "a", "1": "b", "5": "c", "-1": "d"}}
        return root | self._choice(LAYOUTS) | {"types": self._types, "enums": enums}

    def _lists(self) -> list[Node]:
        """Both lists, perhaps behind numbers that follow from them."""
        count = {"type": "u1", "valid": {"min": self._choice((0, 1, 1)), "max": 4}}
        items = {"type": "item", "repeat": "expr", "repeat-expr": "n", **self._choice(ORDERS)}
        uses: Node = {"type": "use", "repeat": "expr", "repeat-expr": self._choice("nnm")}
        made = [{"id": "n", **count}, {"id": "items", **items}]
        if self._chances.percent(10):
            uses["-refers-to"] = {"table": "items", "by": "_.key", "value": "_.key"}
        made += [{"id": "m", **count}, {"id": "uses", **uses, **self._choice(ORDERS)}]
        checksum = {"algorithm": "sum8", "zeroed": ["check"]}
        derive = {self._choice(("size-of", "offset-of")): self._choice(("items", "uses"))}
        if self._chances.percent(15):
            made.insert(0, {"id": "check", "type": "u1", "-checksum": checksum})
        if self._chances.percent(10):
            made.insert(0, {"id": "derived", "type": "u2", "-derive": derive})
        return made

    def _pool(self, root: Node, pool: str) -> None:
        """Where texts of items lie: in a region, or anywhere."""
        if pool:
            root["seq"].append({"id": "pool_at", "type": "u1"})
        if pool == "_root.pool._io":
            self._types["pool"] = {"seq": [], **self._choice(POOLS)}
            if self._chances.percent(50):
                root["seq"].append({"id": "pool", "size": "pool_at", "type": "pool"})
            else:
                root["instances"] = {"pool": {"pos": "pool_at", "size": 6, "type": "pool"}}

    # the items of both lists

    def _item(self, holder: str, kind: str, pool: str) -> None:
        """It may have a text somewhere else."""
        record = _Record("item", 0, [f"{holder}.n"])
        self._key(record, kind)
        self._fill(record)
        if pool and self._chances.percent(70):
            at, encoding = self._choice(("key", "(key & 3) + 1")), self._choice(ENCODINGS)
            keys = {"pos": at, "io": pool, "type": "strz", "encoding": encoding}
            record.instances["far"] = keys | self._chances.present(record.numbers, 40)
            record.numbers.append("far.length")
        self._end(record)

    def _use(self, holder: str, kind: str) -> None:
        """It may refer to an item of the other list, and say where that is."""
        record, refers, chances = _Record("use", 0, [f"{holder}.n"]), {}, self._chances
        if chances.percent(80):
            refers = {"table": f"{holder}.items", "by": self._choice(KEYS)}
            refers |= {"as": "it"} if chances.percent(60) else {}
        self._key(record, kind, {"-refers-to": refers} if refers else {})
        if "as" in refers and chances.percent(60):
            unit, plus = self._choice((1, 1, 2)), self._choice((0, 0, -1, 3))
            derive = {"offset-of": "it", "unit": unit, "plus": plus}
            record.add("offset", {"type": self._choice(NARROW), "-derive": derive}, "offset")
        self._fill(record)
        self._end(record, ["it.key"] if "as" in refers and chances.percent(10) else [])

    def _key(self, record: _Record, kind: str, refers: Mapping[str, Any] = {}) -> None:
        """A key that not every item has takes lists with references out of trials."""
        if self._chances.percent(3 if refers else 16):
            record.add("has", {"type": "u1", "valid": {"max": 1}}, "has")
            refers = {**refers, "if": "has == 1"}
        record.add("key", {"type": kind, **refers}, "key")

    def _fill(self, record: _Record) -> None:
        for number in self._chances.below(5):
            parts = _PARTS if record.depth < DEEPEST else _PARTS[:-2]
            self._choice(parts)(self, record, f"f{number}")
        if not record.has_any_size and self._chances.percent(80):
            self._text(record, "end")  # items that are all as long are not swept

    def _end(self, record: _Record, joined: Sequence[str] = ()) -> None:
        """Add what is computed and ruled, and the record to the types."""
        if self._chances.percent(50):
            value = self._choice(record.numbers) + self._choice((" + 1", " - 3", " & 7", " & 1"))
            present = self._chances.present(record.numbers, 30)
            record.instances["computed"] = {"value": value, **present}
            record.numbers.append("computed")
        self._types[record.name] = {
            "params": record.params,
            "seq": record.seq,
            "instances": record.instances,
            "-invariants": self._chances.rules([*record.numbers, *joined], 3),
        }

    # what they are made of

    def _integer(self, record: _Record, name: str) -> None:
        ruled = self._choice(RULED)
        keys = {"type": self._choice(INTEGERS), **ruled, **self._present(record)}
        record.add(name, keys, f"{name}.to_i" if "enum" in ruled else name)

    def _text(self, record: _Record, name: str) -> None:
        record.has_any_size = True
        keys = {"type": "strz", "encoding": self._choice(ENCODINGS), **self._present(record)}
        record.add(name, keys, f"{name}.length")

    def _sized_text(self, record: _Record, name: str) -> None:
        keys = {"type": "str", "size": self._choice((2, 4)), "encoding": self._choice(ENCODINGS)}
        ends = {"terminator": 0, "eos-error": False}
        record.add(name, {**keys, **ends, **self._present(record)}, f"{name}.length")

    def _bytes(self, record: _Record, name: str) -> None:
        padding = self._choice(({}, {}, {"-padding": "zero"}))
        record.add(name, {"size": self._choice((1, 3)), **padding, **self._present(record)})

    def _integers(self, record: _Record, name: str) -> None:
        keys = {"type": self._choice(INTEGERS), **self._repeat(record)}
        record.add(name, keys, f"{name}.size")

    def _structure(self, record: _Record, name: str) -> None:
        record.add(name, {"type": self._inner(record, name, [], is_region=False)})

    def _list(self, record: _Record, name: str) -> None:
        """A list of structures: of some with parameters, of some in regions of their own."""
        params = [{"id": f"p{n}", "type": self._choice(NARROW)} for n in self._chances.below(3)]
        is_region = self._chances.percent(30)
        kind = self._inner(record, name, params, is_region=is_region)
        size = {"size": self._choice(("3", "4", "_index + 3"))} if is_region else {}
        known = ("_index", "_index + 1", "2", *record.numbers)
        given = f"({', '.join(self._choice(known) for _ in params)})" if params else ""
        keys = {"type": f"{kind}{given}", **size, **self._repeat(record)}
        record.add(name, keys, f"{name}.size")

    def _inner(self, record: _Record, name: str, params: list[Node], *, is_region: bool) -> str:
        """Add a type of structures in a record; return its name."""
        outer = [f"_parent.{number}" for number in record.numbers if "." not in number]
        numbers = [*outer[-2:], *(str(param["id"]) for param in params)]
        inner = _Record(f"{record.name}_{name}", record.depth + 1, numbers, params)
        inner.has_any_size = is_region
        self._key(inner, self._choice(INTEGERS))
        self._fill(inner)
        if is_region:
            inner.add("rest", {"size-eos": True})
        self._end(inner)
        return inner.name

    def _present(self, record: _Record) -> Node:
        return self._chances.present(record.numbers, 20)

    def _repeat(self, record: _Record) -> Node:
        record.has_any_size = True
        count = self._choice(("1", "2", "(key & 1)", f"({record.numbers[0]} & 1)"))
        return {"repeat": "expr", "repeat-expr": count}


# those that hold more are last
_PARTS: Final[tuple[Callable[[_Maker, _Record, str], None], ...]] = (
    *(_Maker._integer, _Maker._integer, _Maker._integer, _Maker._text, _Maker._text),
    *(_Maker._sized_text, _Maker._bytes, _Maker._integers, _Maker._structure, _Maker._list),
)
