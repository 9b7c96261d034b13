import type { SeededRandom } from '../seeded-random.js';

/** The process an actor lived in was killed: nothing it knew is left, and what it asked for has no answer. */
export class ProcessGone extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'ProcessGone';
  }
}

/** Something under way inside the process: a request, a job, a tick. */
interface Actor {
  readonly name: string;
  readonly generation: number;
  /** The numbers of its latest calls outside, the oldest first. */
  readonly latest: number[];
}

/** So long a killed actor may take to come to his end, which is a matter of milliseconds: longer is a fault of this file. */
const UNWINDING_MILLISECONDS_MAX = 30_000;
/** More calls than any door makes from its last look at the rows to the call that asks for money. */
const LATEST_CALLS = 12;
/** Who unwinds after his process was killed. */
const GHOST: Actor = { name: 'ghost', generation: -1, latest: [] };

interface Parked {
  readonly actor: Actor;
  readonly label: string;
  /** Runs the call; `deliver: false` does the work and loses the answer. */
  run(deliver: boolean): Promise<void>;
  kill(): void;
}

/**
 * Lets exactly one actor go on at a time, and only from one call outside to the next: the order of everything is the
 * seed's. Whatever an actor asks of the world (a statement, Stripe, a host, a timer) waits here until it is picked.
 *
 * Since only one goes on, who calls is known without following his promises: node's own way of doing that
 * (AsyncLocalStorage) cost a tenth of a seed's time.
 */
export class Scheduler {
  readonly #random: SeededRandom;
  #parked: Parked[] = [];
  /** Those who wait for what another actor does: how each is killed. */
  readonly #waiting = new Set<() => void>();
  #picked: Parked | null = null;
  #current: Actor | null = null;
  #lateShare = 0;
  readonly #late = new Set<Actor>();
  #calling: Actor | null = null;
  #calls = 0;
  #running = 0;
  #generation = 0;
  #onQuiet: (() => void) | null = null;
  /** Whoever has not come to his end, with his name. */
  readonly #alive = new Map<Promise<void>, string>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The process that lives now; a crash begins the next. */
  get generation(): number {
    return this.#generation;
  }

  /** How many calls outside there were. */
  get calls(): number {
    return this.#calls;
  }

  /** From which call on the actor whose call is being carried out may have looked at the rows he decided by. */
  get lookedSince(): number {
    return this.#calling?.latest[0] ?? this.#calls;
  }

  /** The calls that wait to be picked, for a failing run's report. */
  get waiting(): string[] {
    return this.#parked.map(({ actor, label }) => `${actor.name}: ${label}`);
  }

  /** Who was let go on last and has not come to his next call yet, for the report of a run that never ends. */
  get goingOn(): string | null {
    return this.#picked === null ? null : `${this.#picked.actor.name}: ${this.#picked.label}`;
  }

  /** From now on this share of Stripe's answers comes late: whoever got one is passed over, while all others go on. */
  delayAnswers(share: number): void {
    this.#lateShare = share;
  }

  /** Answers come at once again, and those that were late have come. */
  letAnswersCome(): void {
    this.#lateShare = 0;
    this.#late.clear();
  }

  /** Starts an actor; its first step waits like every other. */
  spawn(name: string, work: () => Promise<void>): void {
    const actor: Actor = { name, generation: this.#generation, latest: [] };
    let hasBegun = false;
    const ended = new Promise<void>((resolve) => {
      this.#parked.push({
        actor,
        label: 'start',
        run: async () => {
          hasBegun = true;
          this.#current = actor;
          work()
            .catch(() => {})
            .finally(() => {
              if (actor.generation === this.#generation) this.#leave();
              resolve();
            });
        },
        // Killed right after his start he is under way: a request's body is read before anything is asked outside.
        kill: () => {
          if (!hasBegun) resolve();
        },
      });
    });
    this.#alive.set(ended, name);
    void ended.finally(() => this.#alive.delete(ended));
  }

  /** One call outside: waits for its turn, then does it. */
  gate = <T>(label: string, operation: () => Promise<T>): Promise<T> => {
    const actor = this.#current;
    if (actor === null) return operation();
    if (actor.generation !== this.#generation) return Promise.reject(new ProcessGone());
    return new Promise<T>((resolve, reject) => {
      this.#parked.push({
        actor,
        label,
        run: async (deliver) => {
          this.#begin(actor);
          const outcome = await operation().then(
            (value) => () => resolve(value),
            (error: unknown) => () => reject(error as Error),
          );
          this.#calling = null;
          if (this.#lateShare > 0 && label.startsWith('stripe ') && this.#random.chance(this.#lateShare))
            this.#late.add(actor);
          if (!deliver) return;
          this.#current = actor;
          outcome();
        },
        kill: () => reject(new ProcessGone()),
      });
      this.#leave();
    });
  };

  /**
   * What another actor does and this one waits for, such as a statement that carries both their rows. He looked no earlier
   * than now, and goes on in a turn of his own after it has ended.
   */
  wait = <T>(outcome: Promise<T>): Promise<T> => {
    const actor = this.#current;
    if (actor === null) return outcome;
    if (actor.generation !== this.#generation) return Promise.reject(new ProcessGone());
    this.#looks(actor);
    return new Promise<T>((resolve, reject) => {
      const kill = () => reject(new ProcessGone());
      this.#waiting.add(kill);
      const goesOn = (end: () => void) => {
        // Killed meanwhile: his promise has its end.
        if (!this.#waiting.delete(kill)) return;
        const run = async () => {
          this.#current = actor;
          end();
        };
        this.#parked.push({ actor, label: 'goes on', run, kill });
      };
      outcome.then(
        (value) => goesOn(() => resolve(value)),
        (error: unknown) => goesOn(() => reject(error as Error)),
      );
      this.#leave();
    });
  };

  /** Lets one waiting call go on, up to the next one. Gives its label, or null when nothing waits. */
  async step(): Promise<string | null> {
    const picked = this.#take();
    if (picked === null) return null;
    await this.#resume(picked);
    return picked.label;
  }

  /** Steps until nothing waits. */
  async drain(stepsMax: number): Promise<void> {
    for (let step = 0; step < stepsMax; step++) if ((await this.step()) === null) return;
    throw new Error(`still busy after ${stepsMax} steps: ${this.waiting.slice(0, 5).join(' | ')}`);
  }

  /** Kills the process before or after one waiting call. Gives what the call was. */
  async crash(when: 'before' | 'after'): Promise<string> {
    const picked = this.#take();
    if (picked !== null && when === 'after') await picked.run(false);
    this.#generation += 1;
    this.#late.clear();
    const killed = this.#parked;
    this.#parked = [];
    this.#running = 0;
    this.#current = GHOST;
    picked?.kill();
    for (const parked of killed) parked.kill();
    for (const kill of this.#waiting) kill();
    this.#waiting.clear();
    await this.#lastBreaths();
    this.#current = null;
    return picked === null ? 'idle' : `${when} ${picked.actor.name}: ${picked.label}`;
  }

  /**
   * Whoever was killed comes to his end before anything else goes on. One who was still under way then would be taken for
   * whoever goes on at that moment: he would call outside in his name, and never leave.
   */
  async #lastBreaths(): Promise<void> {
    let tooLong: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      tooLong = setTimeout(resolve, UNWINDING_MILLISECONDS_MAX);
    });
    await Promise.race([Promise.all(this.#alive.keys()), limit]);
    clearTimeout(tooLong);
    this.#running = 0;
    if (this.#alive.size > 0) throw new Error(`killed and still under way: ${[...this.#alive.values()].join(', ')}`);
  }

  /** Whether the process the calling actor lives in was killed: then the answer it got never arrived anywhere. */
  isGone(generation: number): boolean {
    return generation !== this.#generation;
  }

  #begin(actor: Actor): void {
    this.#calls += 1;
    this.#calling = actor;
    this.#looks(actor);
  }

  #looks(actor: Actor): void {
    actor.latest.push(this.#calls);
    if (actor.latest.length > LATEST_CALLS) actor.latest.shift();
  }

  #take(): Parked | null {
    const free = this.#late.size === 0 ? this.#parked : this.#parked.filter(({ actor }) => !this.#late.has(actor));
    if (free.length === 0) return null;
    const picked = this.#random.pick(free);
    this.#parked.splice(this.#parked.indexOf(picked), 1);
    return picked;
  }

  async #resume(picked: Parked): Promise<void> {
    this.#running += 1;
    const quiet = new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
    });
    this.#picked = picked;
    await picked.run(true);
    if (this.#running > 0) await quiet;
    this.#picked = null;
    this.#onQuiet = null;
  }

  #leave(): void {
    this.#current = null;
    this.#running -= 1;
    if (this.#running <= 0) this.#onQuiet?.();
  }
}
