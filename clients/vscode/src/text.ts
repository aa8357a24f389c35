/** Pure functions on text: code points, links and quotations put into a document. */

import type { Hit, Card, Segment, Span } from "./model";

/** The UTF-16 offset of a code point in `text`; its end for one past it. */
export function utf16(text: string, codePoint: number): number {
  let at = 0;
  for (let count = 0; count < codePoint && at < text.length; count++) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** `text` cut at its marks (code points), which may overlap or run past it. */
export function segments(text: string, marks: readonly Span[]): Segment[] {
  const points = Array.from(text);
  const marked = new Array<boolean>(points.length).fill(false);
  for (const { start, end } of marks) marked.fill(true, Math.max(0, start), Math.max(0, end));
  const made: Segment[] = [];
  points.forEach((point, at) => {
    const last = made.at(-1);
    if (last && last.marked === marked[at]) last.text += point;
    else made.push({ text: point, marked: marked[at] ?? false });
  });
  return made;
}

export function cardOf(hit: Hit, pinned: boolean): Card {
  const place = hit.headings.filter((heading) => heading.toLowerCase() !== hit.title.toLowerCase()).join(" › ");
  return {
    key: hit.uri,
    title: hit.title,
    ago: hit.ago,
    date: hit.written ?? "",
    place,
    sentence: segments(hit.sentence, hit.marks),
    why: hit.why,
    band: hit.band,
    linked: hit.linked,
    pinned,
  };
}

/** The cards of a moment: what is pinned stays on top, with the moment's own words where it is a hit too. */
export function cardsOf(hits: readonly Hit[], pinned: readonly Hit[]): Card[] {
  const fresh = new Map(hits.map((hit) => [hit.uri, hit]));
  const kept = new Set(pinned.map((hit) => hit.uri));
  return [
    ...pinned.map((hit) => cardOf(fresh.get(hit.uri) ?? hit, true)),
    ...hits.filter((hit) => !kept.has(hit.uri)).map((hit) => cardOf(hit, false)),
  ];
}

/** The first of each list, then the second: how probable a hit is can only be compared within its folder. */
export function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

/** Whether a link or the trigger is being entered at the end of `before`, a line up to the cursor. */
export function entering(before: string, trigger: string): boolean {
  const word = before.slice(before.search(/\S*$/));
  return /\[\[[^\]]*$/.test(before) || (trigger !== "" && word.includes(trigger));
}

/** A link put between `before` and `after` on its line, with the spaces that it needs. */
export function spaced(before: string, link: string, after: string): string {
  const left = /[\s([{"'“‘—–]$/.test(before) || before === "" ? "" : " ";
  const right = /^[\s)\]}.,;:!?"'”’—–]/.test(after) || after === "" ? "" : " ";
  return left + link + right;
}

/** Where a quotation goes: after the paragraph that holds `line`, a blank line apart on both sides. */
export function quotation(lines: readonly string[], line: number, quote: string): { line: number; text: string } {
  const blank = (at: number): boolean => (lines[at] ?? "").trim() === "";
  const body = quote.trimEnd();
  if (blank(line)) {
    const before = line === 0 || blank(line - 1) ? "" : "\n";
    const after = line + 1 < lines.length && blank(line + 1) ? "" : "\n";
    return { line, text: before + body + after };
  }
  let last = line;
  while (last + 1 < lines.length && !blank(last + 1)) last++;
  return { line: last, text: `\n\n${body}${last + 1 < lines.length ? "" : "\n"}` };
}
