// Which Pythons to try, in which order, and what one says of itself. Knows nothing of VS Code.
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Candidate {
    readonly command: string;
    readonly args: readonly string[];
}

export interface Wishes {
    /** What the user has set: then nothing else will do. */
    readonly setting: string;
    /** The interpreter that is selected in the Python extension. */
    readonly environment: string | undefined;
    readonly platform: NodeJS.Platform;
}

/** What a Python answers to `start.py --probe`. `problem` is null where it can run the server. */
export interface Answer {
    readonly version: string;
    readonly executable: string;
    readonly problem: string | null;
}

const PATIENCE = 15_000;
const NEWEST_FIRST = ['3.14', '3.13', '3.12', '3.11'];

export function candidates({ setting, environment, platform }: Wishes): Candidate[] {
    if (setting) {
        return [{ command: expandHome(setting), args: [] }];
    }
    const named = ['python3', 'python', ...NEWEST_FIRST.map((version) => `python${version}`)];
    const found = [...(environment ? [environment] : []), ...named].map((command) => ({ command, args: [] }));
    // Windows' launcher knows Pythons that are not on the PATH.
    return platform === 'win32' ? [...found.slice(0, -NEWEST_FIRST.length), { command: 'py', args: ['-3'] }] : found;
}

/** Never rejects: what cannot be run is undefined, or an answer with its problem. */
export function probe(start: string, { command, args }: Candidate): Promise<Answer | undefined> {
    return new Promise((resolve) => {
        // Isolated, and in a folder of our own: nothing in the workspace is run or imported.
        const options = { cwd: dirname(start), timeout: PATIENCE, windowsHide: true };
        execFile(command, [...args, '-I', start, '--probe'], options, (error, stdout, stderr) => {
            if (!error) {
                try {
                    resolve(JSON.parse(stdout) as Answer);
                    return;
                } catch {
                    // Not ours: a Python prints what we asked for.
                }
            }
            const missing = error !== null && 'code' in error && error.code === 'ENOENT';
            const said = stderr.trim().split('\n').at(-1);
            resolve(
                missing
                    ? undefined
                    : {
                          version: '',
                          executable: command,
                          problem: `it runs no program for Python 3${said ? ` (${said})` : ''}`,
                      },
            );
        });
    });
}

export function expandHome(path: string): string {
    return path === '~' || /^~[\\/]/.test(path) ? join(homedir(), path.slice(1)) : path;
}
