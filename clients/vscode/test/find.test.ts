import { describe, expect, it } from "vitest";
import { candidates, expanded, findServer, type Places } from "../src/find";

const PLACES: Places = { setting: "", python: "/env/bin/python", path: "/usr/bin:/opt/bin", home: "/home/me", windows: false };
const only = (...files: string[]) => async (file: string) => files.includes(file);

describe("findServer", () => {
  it("takes the setting and nothing else where there is one", async () => {
    const places = { ...PLACES, setting: "~/x/recall-lsp" };
    expect(await findServer(places, only("/home/me/x/recall-lsp"))).toEqual({ command: "/home/me/x/recall-lsp", from: "setting" });
    expect(await findServer(places, only("/usr/bin/recall-lsp"))).toEqual({ missing: "setting" });
  });

  it.each([
    [["/env/bin/recall-lsp", "/opt/bin/recall-lsp"], "python"],
    [["/opt/bin/recall-lsp", "/home/me/.local/bin/recall-lsp"], "path"],
    [["/home/me/.local/bin/recall-lsp"], "home"],
  ])("of %j takes the one by %s", async (files, from) => {
    expect(await findServer(PLACES, only(...files))).toEqual({ command: files[0], from });
  });

  it("says so when there is none", async () => expect(await findServer(PLACES, only())).toEqual({ missing: "all" }));

  it("looks at no Python environment where none is given", () => {
    expect(candidates({ ...PLACES, python: "" }).map(([from]) => from)).not.toContain("python");
  });

  it("does not take a folder for a program", async () => {
    expect(await findServer({ ...PLACES, setting: "/" })).toEqual({ missing: "setting" });
  });

  it("expands the home folder only where it is meant", () => {
    expect([expanded("~/a", "/h"), expanded("~x/a", "/h"), expanded("/a", "/h")]).toEqual(["/h/a", "~x/a", "/a"]);
  });
});
