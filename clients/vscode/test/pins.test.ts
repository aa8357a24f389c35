import { expect, test } from "vitest";
import type { Hit, Pinned, Taught } from "../src/model";
import { Pins } from "../src/pins";

const HIT = {
  uri: "file:///notes/old.md", title: "Old", link: "[[Old]]", quote: "> A sentence.\n>\n> — [[Old]], 2019-03-04\n",
} as Hit;

function desk(pinned: Pinned[] = []) {
  const stored = new Map<string, unknown>();
  const asked: [string, unknown][] = [];
  const state = {
    get: (key: string, otherwise: unknown) => stored.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void stored.set(key, value),
    keys: () => [...stored.keys()],
  };
  const server = {
    async command(name: string, argument: unknown) {
      asked.push([name, argument]);
      return (name === "recall.pin" ? ({ id: "1" } as Taught) : null) as never;
    },
    async request(method: string, params: unknown) {
      asked.push([method, params]);
      return { pinned } as never;
    },
  };
  return { pins: () => new Pins(state as never, () => server), asked };
}

test("a pin is told to the server, kept for the next window, and let go", async () => {
  const { pins, asked } = desk();
  await pins().toggle(HIT);
  expect(pins().hits).toEqual([HIT]);
  await pins().toggle(HIT);
  expect(pins().hits).toEqual([]);
  expect(asked).toEqual([["recall.pin", { note: HIT.uri }], ["recall.undo", { id: "1" }]]);
});

test("a renamed note is linked and quoted by its new name", async () => {
  const { pins } = desk([{ id: "1", note: "file:///notes/new.md", title: "New", link: "[[New]]" }]);
  const mine = pins();
  await mine.toggle(HIT);
  await mine.follow("file:///notes/now.md");
  expect(mine.hits[0]).toMatchObject({
    uri: "file:///notes/new.md", title: "New", link: "[[New]]", quote: "> A sentence.\n>\n> — [[New]], 2019-03-04\n",
  });
});

test("a note that is not read yet keeps its looks", async () => {
  const { pins } = desk([{ id: "1", note: "file:///notes/new.md", title: "", link: "" }]);
  const mine = pins();
  await mine.toggle(HIT);
  await mine.follow("");
  expect(mine.hits[0]).toEqual({ ...HIT, uri: "file:///notes/new.md" });
});

test("what another window let go, goes", async () => {
  const { pins } = desk([]);
  const mine = pins();
  await mine.toggle(HIT);
  await mine.follow("");
  expect(mine.hits).toEqual([]);
});

test("nothing is asked where nothing is pinned", async () => {
  const { pins, asked } = desk();
  await pins().follow("");
  expect(asked).toEqual([]);
});
