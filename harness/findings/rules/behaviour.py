"""D7xx: what a consumer did with the content, held against what schema and contract say of it."""

from __future__ import annotations

from harness.findings.example import ConsumerExample
from harness.findings.model import Severity
from harness.findings.rule import Rule
from harness.findings.rules.incidents import CLOUDFLARE_2025, CROWDSTRIKE_2024

_QUIET = "(void)data; (void)size; (void)observer; "

RULES = (
    Rule(
        code="D701",
        name="consumer-crashed",
        message="{actual}",
        help="run the consumer on this file under a debugger; content must never end it",
        checks=(
            "The consumer loads the content, takes every event, unloads, and does so once more. "
            "It must come back from each call: no fatal signal, no abort, no uncaught exception, "
            "no exit code that the manifest does not list."
        ),
        why=(
            "Content reaches every machine within minutes, so a crash on content is a crash of "
            "the fleet. On 2025-11-18 a feature file of twice the usual size met a limit in "
            "Cloudflare's proxy; the code unwrapped the error and panicked, and web traffic "
            "failed for hours. Such a file was generated anew every five minutes."
        ),
        fix=(
            "Return a reject code instead of ending the process. If this version is already "
            "shipped, write its limit into the contract and keep such content away from it."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=_QUIET + "abort();",
        ),
        sources=(CLOUDFLARE_2025,),
    ),
    Rule(
        code="D702",
        name="memory-fault",
        message="{actual}",
        help="check the index or length against what the consumer really holds before it reads",
        checks=(
            "Consumers built from source run under AddressSanitizer and "
            "UndefinedBehaviorSanitizer; content, companions and events each lie in their own "
            "block of exactly their size, so that one byte too far is seen. Libraries without "
            "sanitizers get each input flush against a page that cannot be read."
        ),
        why=(
            "On 2024-07-19 the sensor read a 21st input value out of an array of 20. The read "
            "lay outside the array, and 8.5 million machines stopped. The same read had been "
            "possible for months; no test had made it, since a wildcard in field 21 means that "
            "its value is not looked at."
        ),
        fix=(
            "Add the missing bounds check to the consumer. Until every supported version has "
            "it, state the limit as a contract rule, which blocks such content by its cause."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return size > 0 && data[size - 1] == 0xff;",
            breaks=_QUIET + "return data[size] == 0xff;",
        ),
        sources=(CROWDSTRIKE_2024,),
    ),
    Rule(
        code="D703",
        name="consumer-hung",
        message="{actual}, expected {expected}",
        help="bound the loop or the search; a limit that is too tight is `timeout_seconds`",
        checks=(
            "A run ends within `timeout_seconds` of the manifest, by the clock and by processor "
            "time. Then the whole process group is killed, with all that it started."
        ),
        why=(
            "On 2019-07-02 one rule with the expression `.*(?:.*=.*)` took all processor time of "
            "every Cloudflare machine that serves web traffic, for 27 minutes. To those who wait "
            "for it, a consumer that never answers is no better than one that crashed."
        ),
        fix=(
            "Find the loop that makes no progress or the search that backtracks, and give it a "
            "budget. Raise `timeout_seconds` only for content that is rightly slow."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=_QUIET + "for (volatile int turn = 0;; turn = 1) { }",
        ),
        sources=("https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/",),
    ),
    Rule(
        code="D704",
        name="memory-exhausted",
        message="{actual}, expected {expected}",
        help="check a size from the file against the bytes that are left before allocating it",
        checks=(
            "A run stays within `memory_mb` of the manifest: no single request above it, and no "
            "more memory in use at any time."
        ),
        why=(
            "A count or size from the file that goes unchecked into an allocation lets a few "
            "bytes of content take a machine's memory. The process that the system then ends "
            "need not be the consumer."
        ),
        fix=(
            "An element has a least size: a count larger than the bytes left divided by it is "
            "wrong. Reject it before allocating. Raise `memory_mb` for content that is rightly big."
        ),
        example=ConsumerExample(
            passes=_QUIET + "void *volatile p = malloc(64); free(p); return 0;",
            breaks=_QUIET + "void *volatile p = malloc((size_t)1 << 36); free(p); return 0;",
        ),
    ),
    Rule(
        code="D705",
        name="sandbox-violation",
        message="{actual}, expected {expected}",
        help="reading content needs no such thing; find out what the consumer was made to do",
        checks=(
            "Consumers run without network, without new privileges and with one small scratch "
            "folder to write to. Trying a forbidden system call ends the run and is reported by "
            "the call's name; so are processes that are left running and files that grow without "
            "end. Files outside the scratch folder cannot be opened for writing."
        ),
        why=(
            "Content is data from elsewhere. A parser that opens a connection, mounts, traces or "
            "leaves a process behind while it reads a file is doing what the file told it to, or "
            "does at load time what it should not do at all."
        ),
        fix=(
            "Move such work out of the code that reads content. If it belongs there, test that "
            "code through a library consumer that leaves it out."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=_QUIET + "return socket(AF_INET, SOCK_STREAM, 0) < 0;",
        ),
    ),
    Rule(
        code="D706",
        name="accepts-invalid",
        message="{actual}, expected {expected}",
        help="add the check to the consumer, or name the leniency as a `[[quirk]]` with a reason",
        checks=(
            "Content with errors against its schema is given to the consumer. It should reject "
            "it; one that accepts it lacks a check, or the schema is stricter than the format."
        ),
        why=(
            "What a consumer takes without a check is what the next broken file will use. In "
            "2010 BitDefender's own validation passed an update for 64-bit machines that it "
            "rejected for 32-bit ones; the machines would not start."
        ),
        fix=(
            "See the findings of the content: each is a check that the consumer does not make. "
            "If the format allows it, correct the schema."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 1;",
            breaks=_QUIET + "return 0;",
            validity="invalid",
        ),
        sources=(
            "http://news.softpedia.com/news/Bogus-BitDefender-Update-Crashes-Computers-138048.shtml",
        ),
    ),
    Rule(
        code="D707",
        name="rejects-valid",
        message="{actual}, expected {expected}",
        help="if this version has such a limit, write it into its contract; else mend the consumer",
        checks=(
            "Content without an error against schema and contract is given to the consumer. It "
            "must accept it."
        ),
        why=(
            "In 2022 ClamAV 1.0-dev found one signature whose count of parts did not match and "
            "rejected the whole database: the service was down. Content that a shipped version "
            "turns away leaves its machines without any."
        ),
        fix=(
            "Learn what the consumer objects to. A true limit of this version becomes a "
            "`[[contract]]` rule; a mistake of the consumer is mended there."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=_QUIET + "return 1;",
        ),
        sources=("https://github.com/Cisco-Talos/clamav/issues/698",),
    ),
    Rule(
        code="D708",
        name="takes-more-than-promised",
        severity=Severity.WARNING,
        message="{actual}, expected {expected}",
        help="either the contract promises too little, or the consumer lacks the check",
        checks=(
            "Content that breaks only contract rules is given to the consumer that the contract "
            "describes. It should reject it; taking it is worth a look, not yet a fault."
        ),
        why=(
            "The 2024 sensor took a file with 21 criteria at load although it supplied 20 input "
            "values: it did not check, and crashed later, at the first event. Being accepted "
            "told nothing."
        ),
        fix=(
            "If the consumer can take it, widen the contract. If it only does not look, add the "
            "check to the consumer, and name the old version's behaviour as a `[[quirk]]`."
        ),
        example=ConsumerExample(
            passes=_QUIET + "return 1;",
            breaks=_QUIET + "return 0;",
            validity="out-of-contract",
        ),
        sources=(CROWDSTRIKE_2024,),
    ),
    Rule(
        code="D709",
        name="differing-observation",
        message="{actual}, expected {expected}",
        help="consumer and schema read the same bytes differently: compare both with the format",
        checks=(
            "What the consumer reports through `observe` and `observe_at` is held against the "
            "value that the schema computes for the same name, as the manifest's `[observe]` "
            "says; `consumed_bytes` against the file's size. A name in `[observe]` that is never "
            "reported differs as well."
        ),
        why=(
            "Three counts had to agree in 2024: 21 fields in the definition, 21 criteria in the "
            "file, 20 values supplied by the sensor. Only the first two were ever compared. "
            "Wrong output without a crash is the quieter form: in 2025 an older Cloudflare proxy "
            "met the same oversized file and gave every visitor a bot score of 0."
        ),
        fix="Decide by the format's specification which of the two is wrong, and mend that one.",
        example=ConsumerExample(
            passes=(
                'if (observer) observer->observe(observer->context, "consumed_bytes", size); '
                "(void)data; return 0;"
            ),
            breaks=(
                'if (observer) observer->observe(observer->context, "consumed_bytes", size + 1); '
                "(void)data; return 0;"
            ),
        ),
        sources=(CROWDSTRIKE_2024, CLOUDFLARE_2025),
    ),
    Rule(
        code="D710",
        name="unstable-behaviour",
        message="{actual}, expected {expected}",
        help="look for state that outlives `harness_unload`, uninitialised memory, time or chance",
        checks=(
            "The same content is loaded twice in one process, with an unload between, and in two "
            "processes. Verdict, reported values and event results must be the same."
        ),
        why=(
            "Agents load new content into a process that has run for weeks. In 2021 a partly "
            "loaded rule file left ClamAV in a state in which a later scan failed an assertion. "
            "A verdict that changes from run to run proves nothing about the release."
        ),
        fix="Make load start from nothing and unload give everything back.",
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=(
                "static uint64_t calls; (void)data; (void)size; "
                'if (observer) observer->observe(observer->context, "calls", ++calls); return 0;'
            ),
        ),
        sources=("https://github.com/Cisco-Talos/clamav/pull/261",),
    ),
    Rule(
        code="D711",
        name="unjudged-run",
        severity=Severity.NOTE,
        message="{actual}, expected {expected}",
        help="see the `T0xx` finding: it says why schema and contract could not be applied",
        checks=(
            "The consumer survived content on which schema and contract could not be applied, so "
            "its verdict has nothing to be held against. A crash is reported as a crash."
        ),
        why=(
            "A run that nobody can judge looks like a run that passed. Saying so keeps it from "
            "being counted as proof."
        ),
        fix="Mend what the `T0xx` finding names, then run again.",
        # The consumer is the same: what differs is whether the content could be judged.
        example=ConsumerExample(
            passes=_QUIET + "return 0;",
            breaks=_QUIET + "return 0;",
            validity="unjudged",
            passing_validity="valid",
        ),
    ),
)
