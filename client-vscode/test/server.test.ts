import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { DELAYS } from '../src/backoff.ts';
import { type Launcher, Unavailable } from '../src/launcher.ts';
import { PATIENCE, Server } from '../src/server.ts';

const LAUNCHER: Launcher = { command: 'python3', args: [], cwd: '/', description: 'Python' };

/** A process that ends when it is told to, and as it is told to start. */
class Fake {
    readonly lost: () => void;
    readonly #begin: () => Promise<void>;
    disposed = false;

    constructor(lost: () => void, begin: () => Promise<void>) {
        this.lost = lost;
        this.#begin = begin;
    }

    start(): Promise<void> {
        return this.#begin();
    }

    async dispose(): Promise<void> {
        this.disposed = true;
    }
}

interface World {
    readonly server: Server<Fake>;
    readonly made: Fake[];
    readonly states: string[];
    find: () => Promise<Launcher>;
    begin: () => Promise<void>;
}

function world(): World {
    const made: Fake[] = [];
    const states: string[] = [];
    const all: World = {
        server: new Server<Fake>({
            find: () => all.find(),
            make: (_, lost) => {
                const fake = new Fake(lost, all.begin);
                made.push(fake);
                return fake;
            },
            log: () => {},
        }),
        made,
        states,
        find: async () => LAUNCHER,
        begin: async () => {},
    };
    all.server.onDidChangeState(({ kind }) => states.push(kind));
    return all;
}

/** Lets everything happen that does not wait for time to pass. */
async function settle(): Promise<void> {
    for (let i = 0; i < 20; i++) {
        await Promise.resolve();
    }
}

async function pass(milliseconds: number): Promise<void> {
    mock.timers.tick(milliseconds);
    await settle();
}

beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
});

test('starts once, however often it is asked to', async () => {
    const { server, made, states } = world();
    await Promise.all([server.start(), server.start()]);
    assert.equal(made.length, 1);
    assert.deepEqual(states, ['starting', 'running']);
});

test('a crashed one is started again, later each time, and then not any more', async () => {
    const { server, made, states } = world();
    await server.start();
    for (const delay of DELAYS) {
        made.at(-1)?.lost();
        assert.equal(server.state.kind, 'waiting');
        await pass(delay - 1);
        assert.equal(server.state.kind, 'waiting');
        await pass(1);
        assert.equal(server.state.kind, 'running');
    }
    made.at(-1)?.lost();
    assert.equal(states.at(-1), 'failed');
    assert.equal(made.length, DELAYS.length + 1);
    await pass(60_000);
    assert.equal(server.state.kind, 'failed');
});

test('who restarts it by hand starts anew', async () => {
    const { server, made } = world();
    await server.start();
    made[0]?.lost();
    await server.restart();
    assert.equal(server.state.kind, 'running');
    assert.equal(server.crashes, 0);
    await pass(DELAYS[0] ?? 0);
    assert.equal(made.length, 2, 'the start that was due is off');
});

test('a restart ends what runs', async () => {
    const { server, made } = world();
    await server.start();
    await server.restart();
    assert.deepEqual(
        made.map(({ disposed }) => disposed),
        [true, false],
    );
});

test('one that ends while it starts has crashed once, not twice', async () => {
    const all = world();
    all.begin = async () => {
        all.made.at(-1)?.lost();
        throw new Error('connection closed');
    };
    await all.server.start();
    assert.equal(all.server.state.kind, 'waiting');
    assert.equal(all.server.crashes, 1);
});

test('one that never answers is given up, and does not block the next', async () => {
    const all = world();
    all.begin = () => new Promise(() => {});
    void all.server.start();
    await settle();
    await pass(PATIENCE);
    assert.equal(all.server.state.kind, 'waiting');
    assert.equal(all.made[0]?.disposed, true);
    all.begin = async () => {};
    await all.server.restart();
    assert.equal(all.server.state.kind, 'running');
});

test('where there is nothing to start, nothing is tried again until somebody asks', async () => {
    const all = world();
    all.find = async () => {
        throw new Unavailable('no Python');
    };
    await all.server.start();
    assert.deepEqual(all.server.state, { kind: 'unavailable', reason: 'no Python' });
    await pass(60_000);
    assert.deepEqual(all.states, ['starting', 'unavailable']);
    all.find = async () => LAUNCHER;
    await all.server.restart();
    assert.equal(all.server.state.kind, 'running');
});

test('a stop is no crash', async () => {
    const { server, made } = world();
    await server.start();
    await server.stop();
    assert.equal(made[0]?.disposed, true);
    assert.equal(server.state.kind, 'stopped');
    await server.start();
    assert.equal(server.state.kind, 'running');
});
