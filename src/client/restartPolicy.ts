/** What to do after the engine ended by itself. */
export type RestartDecision = { readonly kind: 'restart'; readonly afterMilliseconds: number } | { readonly kind: 'give-up' };

export interface RestartLimits {
  /** Pauses before the first, second, … restart. One crash more than there are pauses, and it is given up. */
  readonly pauses: readonly number[];
  /** A crash longer ago than this is forgotten, milliseconds. */
  readonly memory: number;
}

export const defaultRestartLimits: RestartLimits = { pauses: [200, 1_000, 4_000, 15_000], memory: 180_000 };

/** Backoff: crashes that come close together are answered with longer and longer pauses, and in the end with none. */
export class RestartPolicy {
  #crashes: number[] = [];

  constructor(private readonly limits: RestartLimits = defaultRestartLimits) {}

  /** @param now milliseconds of a clock that does not go back */
  afterCrash(now: number): RestartDecision {
    this.#crashes = [...this.#crashes.filter((crash) => now - crash < this.limits.memory), now];
    const pause = this.limits.pauses[this.#crashes.length - 1] as number | undefined;
    return pause === undefined ? { kind: 'give-up' } : { kind: 'restart', afterMilliseconds: pause };
  }

  /** A person asked for a restart: they may have mended what was wrong. */
  forget(): void {
    this.#crashes = [];
  }
}
