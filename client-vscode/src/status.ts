// The item in the status bar: what the server does, and how much it has found in the file that is open.
import { Disposable, MarkdownString, StatusBarAlignment, ThemeColor, languages, window } from 'vscode';
import { isOurs } from './documents.ts';
import type { LightshipServer, LightshipState } from './client.ts';
import { SECTION } from './settings.ts';

export interface Look {
    readonly text: string;
    readonly says: string;
    readonly bad: boolean;
    readonly command: string;
}

const PROBLEMS = 'workbench.actions.view.problems';

export function look(state: LightshipState, findings: number): Look {
    switch (state.kind) {
        case 'running': {
            const says = findings === 1 ? '1 finding in this file' : `${findings || 'No'} findings in this file`;
            const text = findings ? `$(warning) Lightship: ${findings}` : '$(check) Lightship';
            return { text, says: `${says} · ${state.launcher.description}`, bad: false, command: PROBLEMS };
        }
        case 'stopped':
        case 'starting':
            return {
                text: '$(sync~spin) Lightship',
                says: 'The server is starting',
                bad: false,
                command: `${SECTION}.showLog`,
            };
        case 'waiting':
            return {
                text: '$(sync~spin) Lightship',
                says: 'The server has crashed and is started again',
                bad: false,
                command: `${SECTION}.showLog`,
            };
        case 'failed':
            return {
                text: '$(error) Lightship',
                says: 'The server crashes again and again',
                bad: true,
                command: `${SECTION}.showLog`,
            };
        case 'unavailable':
            return { text: '$(error) Lightship', says: state.reason, bad: true, command: `${SECTION}.showLog` };
    }
}

export function showStatus(server: LightshipServer): Disposable {
    const item = window.createStatusBarItem(SECTION, StatusBarAlignment.Right, 50);
    item.name = 'Lightship';
    const update = (): void => {
        const document = window.activeTextEditor?.document;
        if (!document || !isOurs(document)) {
            item.hide();
            return;
        }
        const found = languages.getDiagnostics(document.uri).filter(({ source }) => source === SECTION);
        const { text, says, bad, command } = look(server.state, found.length);
        const tooltip = new MarkdownString(undefined, true);
        tooltip.appendText(says);
        tooltip.appendMarkdown(
            `\n\n[Restart](command:${SECTION}.restart) · [Log](command:${SECTION}.showLog) · [Report a problem](command:${SECTION}.report)`,
        );
        tooltip.isTrusted = { enabledCommands: [`${SECTION}.restart`, `${SECTION}.showLog`, `${SECTION}.report`] };
        Object.assign(item, {
            text,
            tooltip,
            command,
            backgroundColor: bad ? new ThemeColor('statusBarItem.errorBackground') : undefined,
        });
        item.show();
    };
    update();
    return Disposable.from(
        item,
        server.onDidChangeState(update),
        window.onDidChangeActiveTextEditor(update),
        languages.onDidChangeDiagnostics(update),
    );
}
