/** The notes that the writer keeps at hand.  The server knows them by what they are called now; here is how they looked. */

import type { Memento } from "vscode";
import type { Hit, Pinned, Taught } from "./model";

const PINS = "pins";

interface Pin {
  /** The server's name for it. */
  id: string;
  hit: Hit;
}

export interface Asker {
  command<T>(name: string, argument?: unknown): Promise<T | undefined>;
  request<T>(method: string, params: unknown): Promise<T | undefined>;
}

export class Pins {
  private kept: Pin[];

  constructor(
    private readonly state: Memento,
    private readonly server: () => Asker,
  ) {
    this.kept = state.get(PINS, []);
  }

  get hits(): Hit[] {
    return this.kept.map((pin) => pin.hit);
  }

  /** Pin a note, or let it go. */
  async toggle(hit: Hit): Promise<void> {
    const known = this.kept.find((pin) => pin.hit.uri === hit.uri);
    if (known) return this.release(known);
    const taught = await this.server().command<Taught>("recall.pin", { note: hit.uri });
    if (taught) await this.keep([...this.kept, { id: taught.id, hit }]);
  }

  async drop(uri: string): Promise<void> {
    const known = this.kept.find((pin) => pin.hit.uri === uri);
    if (known) await this.release(known);
  }

  /** By their present names, with the links that fit the document of URI `uri`; what another window let go, goes. */
  async follow(uri: string): Promise<void> {
    if (!this.kept.length) return;
    const asked = { command: "recall.pinned", arguments: [{ uri }] }; // unasked: a refusal is logged, not shown
    const answer = await this.server().request<{ pinned: Pinned[] }>("workspace/executeCommand", asked);
    if (answer) await this.keep(renamed(this.kept, answer.pinned));
  }

  private async release(pin: Pin): Promise<void> {
    await this.keep(this.kept.filter((other) => other !== pin));
    await this.server().command("recall.undo", { id: pin.id });
  }

  private async keep(pins: Pin[]): Promise<void> {
    this.kept = pins;
    await this.state.update(PINS, pins);
  }
}

export function renamed(pins: readonly Pin[], now: readonly Pinned[]): Pin[] {
  const known = new Map(now.map((one) => [one.id, one]));
  return pins.flatMap((pin) => {
    const one = known.get(pin.id);
    if (!one) return [];
    if (!one.link) return [{ ...pin, hit: { ...pin.hit, uri: one.note } }];
    const quote = pin.hit.quote.replaceAll(pin.hit.link, one.link);
    return [{ ...pin, hit: { ...pin.hit, uri: one.note, title: one.title, link: one.link, quote } }];
  });
}
