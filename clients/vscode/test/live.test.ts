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
  it("asks once after a pause, and not while keys are pressed", () => {
    const clock = new Clock();
    const asked: number[] = [];
    const pause = new Pause(async () => void asked.push(clock.now), () => 250, clock);
    for (let key = 0; key < 10; key++) {
      pause.touch();
      clock.pass(200);
    }
    expect(asked).toEqual([]);
    clock.pass(50);
    expect(asked).toEqual([2050]);
    clock.pass(1000);
    expect(asked).toEqual([2050]);
  });

  it("tells what is under way that a key has overtaken it", () => {
    const clock = new Clock();
    const signals: AbortSignal[] = [];
    const pause = new Pause(async (signal) => void signals.push(signal), () => 250, clock);
    pause.touch();
    clock.pass(250);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    pause.touch();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    clock.pass(250);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
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
