// The server's life: started when it is needed, again when it has crashed, and not for ever.
import type { Disposable } from 'vscode';
import { Backoff } from './backoff.ts';
import { type Launcher, Unavailable } from './launcher.ts';

/** How long a server may take to say what it can do. */
export const PATIENCE = 60_000;

/** What is needed of a language client. */
export interface Process {
    start(): Promise<void>;
    /** Asks the process to end, and makes it. */
    dispose(): Promise<void>;
}

export type State<Client extends Process> =
    | { readonly kind: 'stopped' | 'starting' }
    | { readonly kind: 'running'; readonly client: Client; readonly launcher: Launcher }
    /** It has crashed and will be started again. */
    | { readonly kind: 'waiting' }
    /** It crashes again and again. */
    | { readonly kind: 'failed' }
    /** There is nothing to start. */
    | { readonly kind: 'unavailable'; readonly reason: string };

export interface Parts<Client extends Process> {
    readonly find: () => Promise<Launcher>;
    /** `lost` is to be called when the process ends and nobody has asked it to. */
    readonly make: (launcher: Launcher, lost: () => void) => Client;
    readonly log: (message: string) => void;
}

export class Server<Client extends Process> implements Disposable {
    readonly #parts: Parts<Client>;
    readonly #listeners = new Set<(state: State<Client>) => void>();
    readonly #backoff = new Backoff();
    #state: State<Client> = { kind: 'stopped' };
    #timer: NodeJS.Timeout | undefined;
    /** One thing after the other: a restart waits for the start that is under way. */
    #last: Promise<void> = Promise.resolve();

    constructor(parts: Parts<Client>) {
        this.#parts = parts;
    }

    get state(): State<Client> {
        return this.#state;
    }

    onDidChangeState(listener: (state: State<Client>) => void): Disposable {
        this.#listeners.add(listener);
        return { dispose: () => this.#listeners.delete(listener) };
    }

    get crashes(): number {
        return this.#backoff.crashes;
    }

    /** Starts the server unless it runs, or is about to. Never rejects: the state tells what came of it. */
    start(): Promise<void> {
        return this.#then(() => (this.#state.kind === 'stopped' ? this.#start() : undefined));
    }

    restart(): Promise<void> {
        return this.#then(async () => {
            await this.#stop();
            this.#backoff.forgive();
            await this.#start();
        });
    }

    stop(): Promise<void> {
        return this.#then(() => this.#stop());
    }

    dispose(): void {
        clearTimeout(this.#timer);
        this.#listeners.clear();
    }

    #then(act: () => Promise<void> | undefined): Promise<void> {
        this.#last = this.#last.then(act).catch((error: unknown) => this.#parts.log(String(error)));
        return this.#last;
    }

    async #start(): Promise<void> {
        this.#become({ kind: 'starting' });
        let gone = false;
        let client: Client | undefined;
        const lost = (): void => {
            if (!gone) {
                gone = true;
                this.#crashed(client);
            }
        };
        try {
            const launcher = await this.#parts.find();
            this.#parts.log(`Starting with ${launcher.description}`);
            client = this.#parts.make(launcher, lost);
            await inTime(client.start());
            if (!gone) {
                this.#backoff.started(Date.now());
                this.#become({ kind: 'running', client, launcher });
            }
        } catch (error) {
            this.#parts.log((error as Error).message);
            if (error instanceof Unavailable) {
                this.#become({ kind: 'unavailable', reason: error.message });
            } else {
                lost();
            }
        }
    }

    async #stop(): Promise<void> {
        clearTimeout(this.#timer);
        const state = this.#state;
        this.#become({ kind: 'stopped' });
        if (state.kind === 'running') {
            await state.client.dispose().catch((error: unknown) => this.#parts.log(String(error)));
        }
    }

    #crashed(client: Client | undefined): void {
        void client?.dispose().catch(() => {});
        const delay = this.#backoff.crashed(Date.now());
        if (delay === undefined) {
            this.#parts.log('The server crashes again and again; it is not started any more.');
            this.#become({ kind: 'failed' });
            return;
        }
        this.#parts.log(`The server has ended unexpectedly; it is started again in ${delay / 1000} s.`);
        this.#become({ kind: 'waiting' });
        this.#timer = setTimeout(
            () => void this.#then(() => (this.#state.kind === 'waiting' ? this.#start() : undefined)),
            delay,
        );
    }

    #become(state: State<Client>): void {
        this.#state = state;
        this.#listeners.forEach((listener) => listener(state));
    }
}

/** A server that never answers must not keep anybody from starting another. */
async function inTime(start: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('The server does not answer.')), PATIENCE);
    });
    await Promise.race([start, late]).finally(() => clearTimeout(timer));
}
