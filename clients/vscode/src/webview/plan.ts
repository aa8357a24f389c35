/** The parts of the panel that need no page. */

import type { Action, Card, View } from "../model";

/** Which painted cards go, and which of the new ones are not painted yet. */
export function plan(painted: readonly string[], cards: readonly Card[]): { removed: string[]; added: string[] } {
  const wanted = new Set(cards.map((card) => card.key));
  const known = new Set(painted);
  return {
    removed: painted.filter((key) => !wanted.has(key)),
    added: [...wanted].filter((key) => !known.has(key)),
  };
}

/** A card as a screen reader says it. */
export function spoken(card: Card): string {
  const state = [card.pinned ? "pinned" : "", card.linked ? "linked" : "", card.band].filter(Boolean).join(", ");
  const parts = [card.title, card.ago, card.sentence.map((part) => part.text).join(""), state];
  return parts.filter(Boolean).map((part) => part.replace(/[.:]$/, "")).join(". ");
}

/** What a screen reader hears of new cards while the writer is in the text: how many, and only when that is another. */
export function counted(view: View): string {
  const cards = view.cards.length;
  return cards ? `${cards} related note${cards === 1 ? "" : "s"}` : "";
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
