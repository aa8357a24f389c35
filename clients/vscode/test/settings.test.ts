import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FOR_THE_SERVER, serverSettings, snakeCase } from "../src/settings";

describe("serverSettings", () => {
  it("sends what the user has set, the nearest first, and no default", () => {
    const found = serverSettings((name) =>
      name === "codeLens" ? { globalValue: "off", workspaceValue: "paragraph" }
      : name === "quiet" ? { globalValue: 0, workspaceFolderValue: 0.5 }
      : name === "limit" ? { defaultValue: 5 } as object
      : undefined,
    );
    expect(found).toEqual({ code_lens: "paragraph", quiet: 0.5 });
  });

  it("keeps a value that is false or empty", () => {
    expect(serverSettings((name) => (name === "trigger" ? { globalValue: "" } : undefined))).toEqual({ trigger: "" });
  });

  it("knows the manifest's settings, and the manifest knows the server's", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8"));
    const declared = Object.keys(manifest.contributes.configuration.properties).map((name) => name.replace("recall.", ""));
    expect(declared).toEqual(expect.arrayContaining([...FOR_THE_SERVER]));
    const options = readFileSync("../../recall_lsp/config.py", "utf8");
    for (const name of FOR_THE_SERVER) expect(options).toMatch(new RegExp(`^    ${snakeCase(name)}: `, "m"));
  });
});
