// Two bundles: the extension, and the script of its webview.
import { build } from "esbuild";

const common = { bundle: true, minify: true, sourcemap: false, legalComments: "linked", target: "es2022" };
await build({ ...common, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", platform: "node", format: "cjs", external: ["vscode"] });
await build({ ...common, entryPoints: ["src/webview/panel.ts"], outfile: "dist/panel.js", platform: "browser", format: "iife" });
