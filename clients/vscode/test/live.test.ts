import { describe, expect, it } from "vitest";
import { BackOff, Pause, type Timer } from "../src/live";

class Clock implements Timer {
  now = 0;
  private next = 0;
  private readonly waiting = new Map<number, { at: number; work: () => void }>();

  set(work: () => void, ms: number): number {
    this.waiting.set(++this.next, { at: this.now + ms, work });
    return this.next;
  }

  clear(handle: unknown): void {
    this.waiting.delete(handle as number);
  }

  pass(ms: number): void {
    this.now += ms;
    for (const [handle, { at, work }] of [...this.waiting]) {
      if (at <= this.now && this.waiting.delete(handle)) work();
    }
  }
}

describe("Pause", () => {
  function watched() {
    const clock = new Clock();
    const asked: number[] = [];
    const shown: number[] = [];
    const signals: AbortSignal[] = [];
    const pause = new Pause(
      async (signal, over) => {
        asked.push(clock.now);
        signals.push(signal);
        await over;
        if (!signal.aborted) shown.push(clock.now);
      },
      () => 250,
      clock,
    );
    const pass = async (ms: number) => {
      clock.pass(ms);
      await Promise.resolve();
      await Promise.resolve();
    };
    return { pause, pass, asked, shown, signals };
  }

  it("asks once, a little ahead, and shows after the pause, not while keys are pressed", async () => {
    const { pause, pass, asked, shown } = watched();
    for (let key = 0; key < 10; key++) {
      pause.touch();
      await pass(160);
    }
    expect(asked).toEqual([]);
    await pass(10);
    expect([asked, shown]).toEqual([[1610], []]);
    await pass(80);
    expect([asked, shown]).toEqual([[1610], [1690]]);
    await pass(1000);
    expect(asked).toEqual([1610]);
  });

  it("shows nothing that a key has overtaken", async () => {
    const { pause, pass, asked, shown, signals } = watched();
    pause.touch();
    await pass(170);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    pause.touch();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    await pass(170);
    await pass(80);
    expect([asked, shown]).toEqual([[170, 340], [420]]);
  });

  it("asks at once when told to", async () => {
    const { pause, pass, asked, shown } = watched();
    pause.touch(0);
    await pass(0);
    await pass(0);
    expect([asked, shown]).toEqual([[0], [0]]);
  });
});

describe("BackOff", () => {
  it("waits longer each time, up to a limit", () => {
    const backOff = new BackOff();
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((second) => backOff.next(second * 1000))).toEqual(
      [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
    );
  });

  it("forgets after three quiet minutes", () => {
    const backOff = new BackOff();
    backOff.next(0);
    backOff.next(1000);
    expect(backOff.next(200_000)).toBe(500);
    expect(backOff.count).toBe(1);
  });
});
