/** The parts of the panel that need no page. */

import type { Action, Card } from "../model";

/** Which painted cards go, and which of the new ones are not painted yet. */
export function plan(painted: readonly string[], cards: readonly Card[]): { removed: string[]; added: string[] } {
  const wanted = new Set(cards.map((card) => card.key));
  const known = new Set(painted);
  return {
    removed: painted.filter((key) => !wanted.has(key)),
    added: [...wanted].filter((key) => !known.has(key)),
  };
}

export type Move = "up" | "down" | "first" | "last" | "left" | "right";

const KEYS: Record<string, Action | Move> = {
  ArrowDown: "down", j: "down", ArrowUp: "up", k: "up", Home: "first", End: "last", ArrowRight: "right", ArrowLeft: "left",
  Enter: "open", o: "beside", " ": "peek", l: "link", q: "quote", d: "dismiss", n: "never", p: "pin", u: "undo",
  s: "pause", Escape: "editor",
};

/** What a key does in the panel. */
export function keyAction(key: string): Action | Move | undefined {
  return Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
}
