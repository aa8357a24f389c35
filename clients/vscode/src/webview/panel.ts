/** Paints the cards, keeps those that have not changed as they are, and turns keys and clicks into actions. */

import type { Action, Card, FromPanel, Offer, View } from "../model";
import { counted, keyAction, plan, spoken } from "./plan";

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void };

const host = acquireVsCodeApi();
const list = document.getElementById("cards") as HTMLUListElement;
const message = document.getElementById("message") as HTMLElement;
const offer = document.getElementById("offer") as HTMLElement;
const count = document.getElementById("count") as HTMLElement;
const painted = new Map<string, { element: HTMLLIElement; signature: string }>();

const BUTTONS: [Action, string, string, string][] = [
  ["link", "Link", "l", "Insert a link"],
  ["quote", "Quote", "q", "Insert as a quotation with its source"],
  ["pin", "Pin", "p", "Keep on top"],
  ["dismiss", "Not here", "d", "Do not show near this note"],
  ["never", "Never", "n", "Do not show anywhere"],
];

function act(action: Action, key = ""): void {
  host.postMessage({ kind: "action", action, key });
}

function make(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function paint(item: HTMLLIElement, card: Card): void {
  item.className = `card ${card.band}${card.pinned ? " pinned" : ""}`;
  item.tabIndex = -1;
  item.setAttribute("aria-label", spoken(card));
  const facts = make("div", "facts");
  const when = make("time", "ago", card.ago);
  if (card.date) {
    when.setAttribute("datetime", card.date);
    when.title = card.date;
  }
  const notes = [card.pinned ? "pinned" : "", card.linked ? "linked" : "", card.band].filter(Boolean).join(" · ");
  facts.append(when, make("span", "band", notes));
  const title = make("h2", "title", card.title);
  title.title = "Click to open; with Ctrl or Cmd beside, with Alt to peek";
  if (card.place) title.append(make("span", "place", card.place));
  const sentence = make("p", "sentence");
  for (const part of card.sentence) sentence.append(part.marked ? make("mark", "", part.text) : part.text);
  const foot = make("div", "foot");
  const why = make("p", "why", card.why);
  const actions = make("div", "actions");
  actions.setAttribute("role", "toolbar");
  actions.setAttribute("aria-label", `What to do with ${card.title}`);
  for (const [action, name, key, help] of BUTTONS) {
    const button = make("button", action, action === "pin" && card.pinned ? "Unpin" : name) as HTMLButtonElement;
    button.title = `${help} (${key})`;
    button.setAttribute("aria-keyshortcuts", key);
    button.tabIndex = -1;
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      act(action, card.key);
    });
    actions.append(button);
  }
  foot.append(why, actions);
  item.replaceChildren(facts, title, sentence, foot);
}

function render(view: View): void {
  const steps = plan([...list.children].map((child) => (child as HTMLElement).dataset["key"] ?? ""), view.cards);
  const focus = document.activeElement;
  const focused = focus?.closest("li");
  const place = focused ? [...list.children].indexOf(focused) : 0;
  for (const key of steps.removed) {
    painted.get(key)?.element.remove();
    painted.delete(key);
  }
  view.cards.forEach((card, at) => {
    const signature = JSON.stringify(card);
    let known = painted.get(card.key);
    if (!known) {
      const element = document.createElement("li");
      element.dataset["key"] = card.key;
      known = { element, signature: "" };
      painted.set(card.key, known);
    }
    if (known.signature !== signature) {
      paint(known.element, card);
      known.signature = signature;
    }
    if (list.children[at] !== known.element) list.insertBefore(known.element, list.children[at] ?? null);
  });
  const first = list.querySelector("li");
  if (!list.querySelector('li[tabindex="0"]') && first) first.tabIndex = 0;
  setText(message, view.message, view.hint);
  setText(count, counted(view), "");
  paintOffer(view.offer);
  document.body.classList.toggle("paused", view.paused);
  document.body.dataset["painted"] = String(Number(document.body.dataset["painted"] ?? 0) + 1);
  // What is moved or painted anew loses the keyboard; so does a list that was empty for a while.
  if (document.hasFocus() && document.activeElement === document.body) refocus(focused, focus?.className ?? "", place);
}

/** The keyboard goes back to the card, or to its button that was pressed; to its neighbour if it is gone. */
function refocus(card: HTMLLIElement | null | undefined, button: string, place: number): void {
  if (!card?.isConnected) return focusCard(place);
  ([...card.querySelectorAll("button")].find((one) => one.className === button) ?? card).focus();
}

function setText(element: HTMLElement, text: string, hint: string): void {
  if (element.dataset["text"] === text + hint) return;
  element.dataset["text"] = text + hint;
  element.replaceChildren(text);
  if (hint) element.append(make("span", "hint", hint));
}

function paintOffer(made: Offer | undefined): void {
  const text = made?.text ?? "";
  if ((offer.dataset["text"] ?? "") === text) return;
  offer.dataset["text"] = text;
  if (offer.contains(document.activeElement)) focusCard(0);
  offer.replaceChildren(text);
  if (!made) return;
  const button = make("button", "", made.label);
  button.addEventListener("click", () => act(made.action));
  offer.append(" ", button);
}

function focusCard(at: number): void {
  const items = [...list.children] as HTMLLIElement[];
  const wanted = items[Math.max(0, Math.min(at, items.length - 1))];
  if (!wanted) return;
  for (const item of items) item.tabIndex = item === wanted ? 0 : -1;
  wanted.focus();
  host.postMessage({ kind: "chosen", key: wanted.dataset["key"] ?? "" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = document.activeElement?.closest("li");
  const onButton = document.activeElement instanceof HTMLButtonElement;
  if (onButton && (event.key === "Enter" || event.key === " ")) return;
  const items = [...list.children];
  const at = item ? items.indexOf(item) : -1;
  const wanted = keyAction(event.key);
  if (wanted === undefined) return;
  event.preventDefault();
  if (wanted === "down") focusCard(at + 1);
  else if (wanted === "up") focusCard(at - 1);
  else if (wanted === "first") focusCard(0);
  else if (wanted === "last") focusCard(items.length - 1);
  else if (wanted === "right" || wanted === "left") alongButtons(item, wanted === "right" ? 1 : -1);
  else act(wanted, item?.dataset["key"] ?? "");
});

/** Left and right walk a card's buttons, and back to the card. */
function alongButtons(item: HTMLLIElement | null | undefined, step: number): void {
  if (!item) return;
  const stops = [item, ...item.querySelectorAll<HTMLButtonElement>(".actions button")];
  const now = stops.indexOf(document.activeElement as HTMLElement as HTMLLIElement);
  stops[(now + step + stops.length) % stops.length]?.focus();
}

list.addEventListener("click", (event) => {
  const item = (event.target as HTMLElement).closest("li");
  if (!item || getSelection()?.toString()) return;
  act(event.ctrlKey || event.metaKey ? "beside" : event.altKey ? "peek" : "open", item.dataset["key"]);
});
list.addEventListener("focusin", (event) => {
  const item = (event.target as HTMLElement).closest("li");
  if (item) host.postMessage({ kind: "chosen", key: item.dataset["key"] ?? "" });
});

window.addEventListener("message", (event: MessageEvent<{ kind: "view"; view: View } | { kind: "focus" }>) => {
  if (event.data.kind === "view") render(event.data.view);
  else focusCard([...list.children].findIndex((child) => (child as HTMLElement).tabIndex === 0));
});
host.postMessage({ kind: "ready" });
