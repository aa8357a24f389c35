/** When to ask: after a pause, and only for what is still so. */

export interface Timer {
  set(work: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

const real: Timer = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** So much of a pause the server has already, in milliseconds: its answer is there when the pause is over. */
const AHEAD = 80;

/**
 * Runs `work` towards the end of a pause in which nothing was touched; what it finds may be shown once `over`.  What a
 * newer touch overtakes is told so by its signal.
 */
export class Pause {
  private handle: unknown;
  private running: AbortController | undefined;

  constructor(
    private readonly work: (signal: AbortSignal, over: Promise<void>) => Promise<void>,
    private readonly pause: () => number,
    private readonly timer: Timer = real,
  ) {}

  touch(ms = this.pause()): void {
    this.cancel();
    const ahead = Math.min(ms, AHEAD);
    this.handle = this.timer.set(() => {
      this.running = new AbortController();
      const over = new Promise<void>((resolve) => (this.handle = this.timer.set(resolve, ahead)));
      void this.work(this.running.signal, over);
    }, ms - ahead);
  }

  cancel(): void {
    this.timer.clear(this.handle);
    this.running?.abort();
  }
}

/** How long to wait before the server is started again: longer each time it ends soon after a start. */
export class BackOff {
  private ends: number[] = [];

  constructor(
    private readonly within = 180_000,
    private readonly longest = 30_000,
  ) {}

  /** Milliseconds to wait after an end at `now`. */
  next(now: number): number {
    this.ends = this.ends.filter((end) => now - end < this.within);
    this.ends.push(now);
    return Math.min(this.longest, 500 * 2 ** (this.ends.length - 1));
  }

  /** Ends that were counted for the last answer. */
  get count(): number {
    return this.ends.length;
  }

  reset(): void {
    this.ends = [];
  }
}
