// The item in the status bar: what the server does, and how much it has found in the file that is open.
import { Disposable, MarkdownString, StatusBarAlignment, ThemeColor, languages, window } from 'vscode';
import { isOurs } from './documents.ts';
import type { LightshipServer, LightshipState } from './client.ts';
import { SECTION } from './settings.ts';

interface Look {
    readonly text: string;
    readonly says: string;
    readonly command: string;
    readonly bad?: boolean;
}

function look(state: LightshipState, findings: number): Look {
    switch (state.kind) {
        case 'running': {
            const text = findings ? `$(warning) Lightship: ${findings}` : '$(check) Lightship';
            const says = `${findings || 'No'} finding${findings === 1 ? '' : 's'} in this file`;
            return {
                text,
                says: `${says} · ${state.launcher.description}`,
                command: 'workbench.actions.view.problems',
            };
        }
        case 'unavailable':
            return broken(state.reason);
        case 'failed':
            return broken('The server crashes again and again');
        case 'waiting':
            return busy('The server has crashed and is started again');
        default:
            return busy('The server is starting');
    }
}

const SHOW_LOG = `${SECTION}.showLog`;
const busy = (says: string): Look => ({ text: '$(sync~spin) Lightship', says, command: SHOW_LOG });
const broken = (says: string): Look => ({ text: '$(error) Lightship', says, command: SHOW_LOG, bad: true });

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
            accessibilityInformation: { label: `Lightship: ${says}` },
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
