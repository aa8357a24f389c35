import { describe, expect, it } from "vitest";
import type { Card } from "../src/model";
import { keyAction, plan } from "../src/webview/plan";

const card = (key: string): Card => ({
  key, title: key, ago: "", date: "", place: "", sentence: [], why: "", band: "maybe", linked: false, pinned: false,
});

describe("plan", () => {
  it("touches nothing when nothing has changed", () => {
    expect(plan(["a", "b"], [card("b"), card("a")])).toEqual({ removed: [], added: [] });
  });

  it("tells what goes and what comes", () => {
    expect(plan(["a", "b"], [card("b"), card("c")])).toEqual({ removed: ["a"], added: ["c"] });
    expect(plan(["a"], [])).toEqual({ removed: ["a"], added: [] });
  });
});

describe("keyAction", () => {
  it.each([["j", "down"], ["Enter", "open"], ["q", "quote"], ["Escape", "editor"]])("%s is %s", (key, action) =>
    expect(keyAction(key)).toBe(action));

  it.each(["x", "Tab", "toString", "constructor"])("%s is left alone", (key) => expect(keyAction(key)).toBeUndefined());
});
