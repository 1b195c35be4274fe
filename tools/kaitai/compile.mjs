// Compile every schema of a folder to Python with Kaitai's own compiler.
// usage: node compile.mjs SCHEMAS OUTPUT; one line a schema, exit code 1 if any was refused.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import compiler from "kaitai-struct-compiler";
import yaml from "js-yaml";

const [schemas, output] = process.argv.slice(2);
const load = (name) => yaml.load(readFileSync(join(schemas, `${name}.ksy`), "utf8"));
const imports = { importYaml: async (name) => load(basename(name)) };

mkdirSync(output, { recursive: true });
let refused = 0;
for (const file of readdirSync(schemas).filter((name) => name.endsWith(".ksy")).sort()) {
  const name = basename(file, ".ksy");
  try {
    const modules = await compiler.compile("python", load(name), imports, false);
    for (const [path, text] of Object.entries(modules)) writeFileSync(join(output, path), text);
    console.log(`${name}: compiled`);
  } catch (error) {
    refused += 1;
    console.log(`${name}: ${error.message ?? error}`);
  }
}
process.exit(refused ? 1 : 0);
