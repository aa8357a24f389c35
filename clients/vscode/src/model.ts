/** What the server answers, and what the panel is told. */

export interface Span {
  start: number;
  end: number;
}

/** A hit of `recall/related`; spans count code points. */
export interface Hit {
  uri: string;
  path: string;
  title: string;
  written: string | null;
  ago: string;
  headings: string[];
  sentence: string;
  span: Span;
  line: number;
  marks: Span[];
  why: string;
  band: "strong" | "likely" | "maybe";
  linked: boolean;
  link: string;
  quote: string;
}

/** What a command that teaches answers. */
export interface Taught {
  id: string;
  kind: "dismissed" | "never" | "pinned" | "accepted";
  note: string;
  title: string;
  near: string | null;
}

/** A note that is kept at hand; without title and link where it is not there, or not read yet. */
export interface Pinned {
  id: string;
  note: string;
  title: string;
  link: string;
}

export interface FolderStatus {
  uri: string;
  notes: number;
  state: "empty" | "reading" | "embedding" | "ready";
  message: string;
  skipped: { path: string; message: string }[];
}

export interface Segment {
  text: string;
  marked: boolean;
}

/** A card as it is painted: text only. */
export interface Card {
  key: string;
  title: string;
  ago: string;
  date: string;
  place: string;
  sentence: Segment[];
  why: string;
  band: Hit["band"];
  linked: boolean;
  pinned: boolean;
}

/** Everything the panel shows; the same state paints the same. */
export interface View {
  cards: Card[];
  message: string;
  hint: string;
  /** What was done, or is wrong, with the one thing to do about it. */
  offer: Offer | undefined;
  paused: boolean;
}

export interface Offer {
  text: string;
  label: string;
  action: Action;
}

export type Action =
  | "open" | "beside" | "peek" | "link" | "quote" | "dismiss" | "never" | "pin" | "undo" | "resume" | "editor" | "pause"
  | "install";

export type FromPanel = { kind: "ready" } | { kind: "action"; action: Action; key: string } | { kind: "chosen"; key: string };
