// When to start a server again that has crashed.

export const DELAYS = [500, 1_000, 2_000, 4_000, 8_000];
/** One that has run for so long was well: what happens to it is a new story. */
export const WELL = 3 * 60_000;

export class Backoff {
    #crashes = 0;
    #started = 0;

    get crashes(): number {
        return this.#crashes;
    }

    started(now: number): void {
        this.#started = now;
    }

    /** Milliseconds to wait before the next start; undefined where another one is of no use. */
    crashed(now: number): number | undefined {
        if (this.#started && now - this.#started >= WELL) {
            this.#crashes = 0;
        }
        this.#started = 0;
        return DELAYS[this.#crashes++];
    }

    forgive(): void {
        this.#crashes = 0;
    }
}
