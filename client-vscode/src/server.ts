// The server's life: started when it is needed, again when it has crashed, and not for ever.
import { type Disposable, EventEmitter } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { Backoff } from './backoff.ts';
import { type Launcher, Unavailable } from './launcher.ts';

export type State =
    | { readonly kind: 'stopped' | 'starting' }
    | { readonly kind: 'running'; readonly client: LanguageClient; readonly launcher: Launcher }
    /** It has crashed and will be started again. */
    | { readonly kind: 'waiting' }
    /** It crashes again and again. */
    | { readonly kind: 'failed' }
    /** There is nothing to start. */
    | { readonly kind: 'unavailable'; readonly reason: string };

export interface Parts {
    readonly find: () => Promise<Launcher>;
    readonly make: (launcher: Launcher, lost: () => void) => LanguageClient;
    readonly log: (message: string) => void;
}

export class Server implements Disposable {
    readonly #parts: Parts;
    readonly #changed = new EventEmitter<State>();
    readonly #backoff = new Backoff();
    #state: State = { kind: 'stopped' };
    #timer: NodeJS.Timeout | undefined;
    /** One thing after the other: a restart waits for the start that is under way. */
    #last: Promise<void> = Promise.resolve();

    readonly onDidChangeState = this.#changed.event;

    constructor(parts: Parts) {
        this.#parts = parts;
    }

    get state(): State {
        return this.#state;
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
        this.#changed.dispose();
    }

    #then(act: () => Promise<void> | undefined): Promise<void> {
        this.#last = this.#last.then(act).catch((error: unknown) => this.#parts.log(String(error)));
        return this.#last;
    }

    async #start(): Promise<void> {
        this.#become({ kind: 'starting' });
        let gone = false;
        let client: LanguageClient | undefined;
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
            await client.start();
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

    #crashed(client: LanguageClient | undefined): void {
        void client?.dispose().catch(() => {});
        const delay = this.#backoff.crashed(Date.now());
        if (delay === undefined) {
            this.#parts.log('The server crashes again and again; it is not started any more.');
            this.#become({ kind: 'failed' });
            return;
        }
        this.#parts.log(`The server has ended unexpectedly; it is started again in ${delay / 1000} s.`);
        this.#become({ kind: 'waiting' });
        this.#timer = setTimeout(() => void this.#then(() => (this.#state.kind === 'waiting' ? this.#start() : undefined)), delay);
    }

    #become(state: State): void {
        this.#state = state;
        this.#changed.fire(state);
    }
}
