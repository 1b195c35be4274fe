// Compile every schema below a folder with Kaitai's own compiler, to Python or what else it knows.
// usage: node compile.mjs SCHEMAS OUTPUT LANGUAGE; one line a schema, exit code 1 if any was refused.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import compiler from "kaitai-struct-compiler";
import yaml from "js-yaml";

const [schemas, output, language] = process.argv.slice(2);
const isSchema = (entry) => entry.isFile() && entry.name.endsWith(".ksy");
const entries = readdirSync(schemas, { recursive: true, withFileTypes: true }).filter(isSchema);
const files = new Map(entries.map((entry) => [basename(entry.name, ".ksy"), join(entry.path, entry.name)]));

// As a number, an integer beyond 2^53 would be another one; as digits the compiler reads it right.
const exact = (text) => {
  const digits = text.replaceAll("_", "");
  const isNegative = digits.startsWith("-");
  const value = BigInt(digits.replace(/^[-+]/, "")) * (isNegative ? -1n : 1n);
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
};
const isInteger = (text) => text !== null && /^[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/.test(text);
const integer = new yaml.Type("tag:yaml.org,2002:int", { kind: "scalar", resolve: isInteger, construct: exact });
const schema = yaml.CORE_SCHEMA.extend({ implicit: [integer] });

// All schemas have names of their own, so the last part of an import says which one is meant.
const load = (name) => {
  if (!files.has(basename(name))) throw new Error(`there is no ${name}`);
  return yaml.load(readFileSync(files.get(basename(name)), "utf8"), { schema });
};
const imports = { importYaml: async (name) => load(name) };

// The compiler throws some errors where no promise sees them; they belong to the schema in work.
const uncaught = () => new Promise((_, fail) => process.once("uncaughtException", fail));

mkdirSync(output, { recursive: true });
let refused = 0;
for (const name of [...files.keys()].sort()) {
  try {
    const made = compiler.compile(language, load(name), imports, false);
    const modules = await Promise.race([made, uncaught()]);
    for (const [path, text] of Object.entries(modules)) writeFileSync(join(output, path), text);
    console.log(`${name}: compiled`);
  } catch (error) {
    refused += 1;
    console.log(`${name}: ${String(error.message ?? error).split("\n")[0]}`);
  } finally {
    process.removeAllListeners("uncaughtException");
  }
}
process.exit(refused ? 1 : 0);
