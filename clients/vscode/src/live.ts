/** When to ask: after a pause, and only for what is still so. */

export interface Timer {
  set(work: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

const real: Timer = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** Runs `work` once nothing has been touched for a pause; what a newer touch overtakes is told so by its signal. */
export class Pause {
  private handle: unknown;
  private running: AbortController | undefined;

  constructor(
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly pause: () => number,
    private readonly timer: Timer = real,
  ) {}

  touch(ms = this.pause()): void {
    this.cancel();
    this.handle = this.timer.set(() => {
      this.running = new AbortController();
      void this.work(this.running.signal);
    }, ms);
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
