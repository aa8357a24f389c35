// Two bundles: the extension, and the script of its webview; beside them the licences of what is bundled, and the
// README with its pictures inside: VS Code's page of an extension loads none from the extension's folder.
import { build } from "esbuild";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const common = { bundle: true, minify: true, sourcemap: false, metafile: true, target: "es2022" };
const bundles = [
  await build({ ...common, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", platform: "node", format: "cjs", external: ["vscode"] }),
  await build({ ...common, entryPoints: ["src/webview/panel.ts"], outfile: "dist/panel.js", platform: "browser", format: "iife" }),
];
const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = new Set(inputs.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
const notices = [];
for (const folder of [...packages].sort()) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} is bundled and has no licence file`);
  notices.push(`${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`);
}
await writeFile("dist/THIRD-PARTY-NOTICES.txt", `Bundled into this extension:\n\n${notices.join(`\n${"-".repeat(80)}\n\n`)}`);

const readme = await readFile("README.md", "utf8");
const pictures = await Promise.all([...readme.matchAll(/\]\((media\/\w+\.png)\)/g)].map(async ([, file]) => [file, await readFile(file, "base64")]));
await writeFile("dist/README.md", pictures.reduce((text, [file, data]) => text.replace(`](${file})`, `](data:image/png;base64,${data})`), readme));
