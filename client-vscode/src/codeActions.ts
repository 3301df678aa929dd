// Commands that stand for a code action of the server's: VS Code asks for it, applies it, and says if there is none.
import { Disposable, commands, window } from 'vscode';
import { isOurs } from './documents.ts';
import { SECTION } from './settings.ts';

export const CODE_ACTIONS = {
    fixAll: 'source.fixAll.lightship',
    convertToMultiStage: 'refactor.rewrite.convert-to-multi-stage',
    createDockerignore: 'refactor.rewrite.create-dockerignore',
};

export function provideCodeActionCommands(): Disposable {
    return Disposable.from(
        ...Object.entries(CODE_ACTIONS).map(([name, kind]) =>
            commands.registerCommand(`${SECTION}.${name}`, async () => {
                const document = window.activeTextEditor?.document;
                if (document && isOurs(document)) {
                    await commands.executeCommand('editor.action.codeAction', { kind, apply: 'first' });
                } else {
                    void window.showInformationMessage('Open a Dockerfile first.');
                }
            }),
        ),
    );
}
