// What to start: the user's own Lightship, or the one in this extension with a Python that can run it.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { type Answer, type Candidate, type Wishes, candidates, expandHome, probe } from './python.ts';

/** A command that does what `lightship` does; the subcommand is appended to `args`. */
export interface Launcher {
    readonly command: string;
    readonly args: readonly string[];
    readonly cwd: string;
    /** For people. */
    readonly description: string;
}

export interface Places extends Wishes {
    /** The setting `lightship.server.path`. */
    readonly path: string;
    /** `bundled/start.py`. */
    readonly start: string;
}

/** Nothing can be started; the message says why, and what to do. */
export class Unavailable extends Error {}

export async function findLauncher(places: Places): Promise<Launcher> {
    return places.path ? ownInstallation(places) : bundled(places);
}

/** Runs a subcommand to its end. Rejects with what it wrote to standard error. */
export function run(launcher: Launcher, ...args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        const options = { cwd: launcher.cwd, timeout: 30_000, windowsHide: true, maxBuffer: 1 << 26 };
        execFile(launcher.command, [...launcher.args, ...args], options, (error, stdout, stderr) =>
            error ? reject(new Error(stderr.trim() || error.message)) : resolve(stdout),
        );
    });
}

async function ownInstallation({ path, start }: Places): Promise<Launcher> {
    const command = expandHome(path);
    const launcher = { command, args: [], cwd: dirname(start), description: command };
    try {
        return { ...launcher, description: `${(await run(launcher, '--version')).trim()} (${command})` };
    } catch (error) {
        throw new Unavailable(
            `"lightship.server.path" names ${command}, which cannot be run: ${(error as Error).message}`,
        );
    }
}

async function bundled(places: Places): Promise<Launcher> {
    const refused = new Map<string, Answer>();
    for (const candidate of candidates(places)) {
        const answer = await probe(places.start, candidate);
        if (answer?.problem === null) {
            return {
                command: candidate.command,
                args: [...candidate.args, '-I', places.start],
                cwd: dirname(places.start),
                description: `Python ${answer.version} (${answer.executable})`,
            };
        }
        if (answer) {
            refused.set(called(candidate), answer);
        }
    }
    throw new Unavailable(complaint(places.setting, refused));
}

function complaint(setting: string, refused: ReadonlyMap<string, Answer>): string {
    if (setting) {
        const [answer] = refused.values();
        return `"lightship.server.python" names ${setting}, which cannot run Lightship: ${answer?.problem ?? 'it is not there'}.`;
    }
    const reasons = [...refused].map(
        ([name, { version, problem }]) => `${name}${version && ` (${version})`}: ${problem}`,
    );
    const tried = reasons.length ? `Found, but of no use: ${reasons.join('; ')}.` : 'None was found.';
    return `Lightship needs Python 3.11, 3.12, 3.13 or 3.14. ${tried} Install one, or name one, or a lightship of your own, in the settings.`;
}

function called({ command, args }: Candidate): string {
    return [command, ...args].join(' ');
}
