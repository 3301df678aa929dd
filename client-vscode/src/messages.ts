// What is said when the server cannot be had: one message, with what can be done about it.
import { type Disposable, commands, env, Uri, window } from 'vscode';
import type { LightshipServer, LightshipState } from './client.ts';
import { SECTION } from './settings.ts';

const DOWNLOADS = 'https://www.python.org/downloads/';

type Deed = () => unknown;

export function showMessages(server: LightshipServer): Disposable {
    return server.onDidChangeState((state) => void say(state));
}

async function say(state: LightshipState): Promise<void> {
    const deeds = buttons(state);
    if (deeds) {
        const text =
            state.kind === 'unavailable'
                ? state.reason
                : 'Lightship has crashed several times and is not started again.';
        const chosen = await window.showErrorMessage(text, ...Object.keys(deeds));
        await deeds[chosen ?? '']?.();
    }
}

function buttons({ kind }: LightshipState): Record<string, Deed> | undefined {
    const command =
        (name: string): Deed =>
        () =>
            commands.executeCommand(`${SECTION}.${name}`);
    switch (kind) {
        case 'unavailable':
            return {
                'Choose Python…': () => commands.executeCommand('workbench.action.openSettings', `${SECTION}.server`),
                'Get Python': () => env.openExternal(Uri.parse(DOWNLOADS)),
                'Try Again': command('restart'),
            };
        case 'failed':
            return { Restart: command('restart'), 'Show Log': command('showLog'), 'Report…': command('report') };
        default:
            return undefined;
    }
}
