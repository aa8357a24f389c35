import { describe, expect, it } from "vitest";
import type { Hit } from "../src/model";
import { cardOf, cardsOf, entering, inTurn, quotation, segments, spaced, utf16 } from "../src/text";

const HIT: Hit = {
  uri: "file:///notes/a.md", path: "a.md", title: "Draft", written: "2021-03-04", ago: "4 years ago",
  headings: ["Draft", "Letters"], sentence: "Let it lie.", span: { start: 0, end: 11 }, line: 0,
  marks: [{ start: 7, end: 10 }], why: "both say lie · close in meaning", band: "strong", linked: false, link: "[[Draft]]", quote: "> Let it lie.\n",
};

describe("utf16", () => {
  it.each([
    ["abc", 2, 2],
    ["a😀b", 2, 3],
    ["a😀b", 3, 4],
    ["a", 9, 1],
    ["", 3, 0],
  ])("%j at code point %i is %i", (text, point, expected) => expect(utf16(text, point)).toBe(expected));
});

describe("segments", () => {
  const words = (text: string, ...marks: [number, number][]) =>
    segments(text, marks.map(([start, end]) => ({ start, end }))).map((part) => (part.marked ? `<${part.text}>` : part.text)).join("");

  it.each([
    ["a bread here", [[2, 7]], "a <bread> here"],
    ["😀 bread", [[2, 7]], "😀 <bread>"],
    ["bread", [[0, 3], [2, 5]], "<bread>"],
    ["bread", [[3, 99]], "bre<ad>"],
    ["bread", [], "bread"],
    ["", [[0, 3]], ""],
  ] as [string, [number, number][], string][])("%j with %j", (text, marks, expected) => {
    expect(words(text, ...marks)).toBe(expected);
  });

  it("gives back the text whatever the marks", () => {
    const text = "pâte à 日本 😀 pain";
    expect(segments(text, [{ start: -3, end: 4 }, { start: 9, end: 2 }]).map((part) => part.text).join("")).toBe(text);
  });
});

describe("cards", () => {
  it("leaves out a heading that only repeats the title", () => expect(cardOf(HIT, false).place).toBe("Letters"));

  it("tells why as the server does", () => expect(cardOf(HIT, false).why).toBe("both say lie · close in meaning"));

  it("keeps what is pinned on top, with the moment's own sentence", () => {
    const other = { ...HIT, uri: "file:///notes/b.md", title: "Other" };
    const now = { ...HIT, sentence: "Another sentence." };
    const cards = cardsOf([other, now], [HIT]);
    expect(cards.map((card) => [card.title, card.pinned])).toEqual([["Draft", true], ["Other", false]]);
    expect(cards[0]?.sentence[0]?.text).toContain("Another");
  });
});

describe("entering", () => {
  it.each([
    ["see [[", true],
    ["see [[two wo", true],
    ["see [[a]] and", false],
    ["of ;;", true],
    ["of ;;dot", true],
    ["of ;;dot and", false],
    ["a [ ] word", false],
    ["word", false],
    ["", false],
  ])("%j: %s", (before, expected) => expect(entering(before, ";;")).toBe(expected));

  it("knows no trigger where there is none", () => expect(entering("word", "")).toBe(false));
});

describe("spaced", () => {
  it.each([
    ["", "", "[[x]]"],
    ["word", "", " [[x]]"],
    ["word ", "next", "[[x]] "],
    ["(", ")", "[[x]]"],
    ["word", ".", " [[x]]"],
  ])("between %j and %j", (before, after, expected) => expect(spaced(before, "[[x]]", after)).toBe(expected));
});

describe("quotation", () => {
  const put = (text: string, line: number): string => {
    const lines = text.split("\n");
    const made = quotation(lines, line, "> q\n>\n> — x\n");
    lines[made.line] += made.text;
    return lines.join("\n");
  };
  const QUOTE = "> q\n>\n> — x";

  it.each([
    ["one\ntwo\n\nthree", 0, `one\ntwo\n\n${QUOTE}\n\nthree`],
    ["one", 0, `one\n\n${QUOTE}\n`],
    ["", 0, `${QUOTE}\n`],
    ["one\n", 1, `one\n\n${QUOTE}\n`],
    ["one\n\nthree", 1, `one\n\n${QUOTE}\n\nthree`],
  ])("into %j on line %i", (text, line, expected) => expect(put(text, line)).toBe(expected));

  it("never joins a paragraph", () => {
    for (const text of ["a\nb\n\nc", "a\n\n\nb", "a", ""]) {
      text.split("\n").forEach((_, line) => {
        const made = put(text, line).split("\n");
        const first = made.indexOf("> q");
        expect((made[first - 1] ?? "").trim()).toBe("");
        expect((made[first + 3] ?? "").trim()).toBe("");
      });
    }
  });
});

describe("inTurn", () => {
  it("takes the best of each folder before the second of any", () => {
    expect(inTurn([[1, 2, 3], [], [10, 20]])).toEqual([1, 10, 2, 20, 3]);
    expect(inTurn([])).toEqual([]);
  });
});
