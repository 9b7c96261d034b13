import type { Instant } from '@tollbridge/core';
import { type Clock, endedWithin } from '@tollbridge/server/clock';

interface Timer {
  readonly dueAt: number;
  readonly order: number;
  readonly call: () => void;
}

/** A clock that stands still until it is moved; timers fire in the order in which they are due. */
export class ManualClock implements Clock {
  #now: number;
  #timers: Timer[] = [];
  #order = 0;

  constructor(startIso: string) {
    this.#now = Date.parse(startIso);
  }

  machineNow(): Instant {
    return this.#now as Instant;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer: Timer = { dueAt: this.#now + milliseconds, order: this.#order++, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  ended(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
    return endedWithin((after, call) => this.after(after, call), work, milliseconds);
  }

  get nextTimerAt(): number | null {
    return this.#timers.length === 0 ? null : Math.min(...this.#timers.map((timer) => timer.dueAt));
  }

  /** Moves forward and fires what became due on the way. */
  advance(milliseconds: number): void {
    const target = this.#now + milliseconds;
    for (;;) {
      const next = this.nextTimerAt;
      if (next === null || next > target) break;
      this.#now = Math.max(this.#now, next);
      this.#fireDue();
    }
    this.#now = target;
  }

  /** Forgets every timer: the process that set them is gone. */
  dropTimers(): void {
    this.#timers = [];
  }

  #fireDue(): void {
    const due = this.#timers.filter((timer) => timer.dueAt <= this.#now).sort((a, b) => a.order - b.order);
    this.#timers = this.#timers.filter((timer) => timer.dueAt > this.#now);
    for (const timer of due) timer.call();
  }
}
