import { describe, expect, it } from "vitest";
import type { Card } from "../src/model";
import { counted, keyAction, plan, spoken } from "../src/webview/plan";

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

describe("what a screen reader hears", () => {
  it("is a card's name, age, sentence and state", () => {
    const one = { ...card("Lime"), ago: "3 years ago", sentence: [{ text: "It ", marked: false }, { text: "burns.", marked: true }], pinned: true };
    expect(spoken(one)).toBe("Lime. 3 years ago. It burns. pinned, maybe");
  });

  it("is the number of cards, and nothing where there are none", () => {
    const view = (cards: Card[]) => ({ cards, message: "", hint: "", offer: undefined, paused: false });
    expect([counted(view([])), counted(view([card("a")])), counted(view([card("a"), card("b")]))]).toEqual(
      ["", "1 related note", "2 related notes"],
    );
  });
});
