import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Unavailable, findLauncher, run } from '../src/launcher.ts';
import { candidates, probe } from '../src/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'lightship-'));
after(() => rmSync(folder, { recursive: true }));

const start = join(folder, 'start.py');
const NOWHERE = { path: '', setting: '', environment: undefined, platform: 'linux', start } as const;

/** A program that answers as a Python with `start.py` does. */
function program(name: string, script: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
}

function python(name: string, version: string, problem: string | null): string {
    const path = join(folder, name);
    return program(name, `echo '${JSON.stringify({ version, executable: path, problem })}'`);
}

/** With nothing else on the PATH. */
async function alone<T>(act: () => Promise<T>): Promise<T> {
    const path = process.env['PATH'];
    process.env['PATH'] = join(folder, 'bin');
    try {
        return await act();
    } finally {
        process.env['PATH'] = path;
    }
}

const commands = (wishes: Parameters<typeof candidates>[0]) =>
    candidates(wishes).map(({ command, args }) => [command, ...args].join(' '));

test('the setting counts alone', () => {
    assert.deepEqual(commands({ setting: '~/py', environment: '/env/python', platform: 'linux' }), [
        join(homedir(), 'py'),
    ]);
});

test('then the selected environment, then what has a common name', () => {
    const found = commands({ setting: '', environment: '/env/python', platform: 'darwin' });
    assert.deepEqual(found.slice(0, 3), ['/env/python', 'python3', 'python']);
    assert.ok(found.includes('python3.11') && found.includes('python3.14'));
});

test("Windows' launcher is asked on Windows", () => {
    assert.deepEqual(commands({ setting: '', environment: undefined, platform: 'win32' }), [
        'python3',
        'python',
        'py -3',
    ]);
});

test('a Python says what it is', async () => {
    const good = python('good', '3.12.1', null);
    assert.deepEqual(await probe(start, { command: good, args: [] }), {
        version: '3.12.1',
        executable: good,
        problem: null,
    });
});

test('what is no Python has a problem, and what is not there is nothing', async () => {
    const broken = program('broken', 'echo "No module named encodings" >&2; exit 1');
    assert.match((await probe(start, { command: broken, args: [] }))?.problem ?? '', /No module named encodings/);
    assert.match((await probe(start, { command: '/bin/false', args: [] }))?.problem ?? '', /no program/);
    assert.match((await probe(start, { command: '/bin/echo', args: [] }))?.problem ?? '', /no program/);
    assert.equal(await probe(start, { command: join(folder, 'missing'), args: [] }), undefined);
});

test('the first that can run the server runs it, isolated from the workspace', async () => {
    const old = python('old', '3.9.2', 'it is older than 3.11');
    const good = python('good', '3.13.0', null);
    const launcher = await findLauncher({ ...NOWHERE, setting: good, environment: old });
    assert.deepEqual(launcher.args, ['-I', start]);
    assert.equal(launcher.cwd, folder);
    assert.match(launcher.description, /3\.13\.0/);
});

test('if none can, one message says what was tried and what to do', async () => {
    const old = python('old', '3.9.2', 'it is older than 3.11');
    await alone(() =>
        assert.rejects(findLauncher({ ...NOWHERE, environment: old }), (error) => {
            assert.ok(error instanceof Unavailable);
            assert.match(error.message, /needs Python 3\.11.*old \(3\.9\.2\): it is older than 3\.11.*Install one/);
            return true;
        }),
    );
    await alone(() => assert.rejects(findLauncher(NOWHERE), /None was found\. Install one/));
});

test('a setting that names no Python is itself named', async () => {
    await assert.rejects(
        findLauncher({ ...NOWHERE, setting: '/bin/false' }),
        /"lightship\.server\.python" names \/bin\/false/,
    );
    await assert.rejects(findLauncher({ ...NOWHERE, setting: '/no/python' }), /it is not there/);
});

test("the user's own installation is run as it is", async () => {
    const own = program('lightship', 'echo "lightship 0.9 $*"');
    const launcher = await findLauncher({ ...NOWHERE, path: own });
    assert.deepEqual([launcher.command, launcher.args], [own, []]);
    assert.match(launcher.description, /lightship 0\.9/);
    assert.equal(await run(launcher, 'rule', 'x'), 'lightship 0.9 rule x\n');
    await assert.rejects(findLauncher({ ...NOWHERE, path: '/no/lightship' }), Unavailable);
});

test('a command that fails says why', async () => {
    const launcher = { command: program('failing', 'echo oh no >&2; exit 2'), args: [], cwd: folder, description: '' };
    await assert.rejects(run(launcher, 'rule'), /oh no/);
});
