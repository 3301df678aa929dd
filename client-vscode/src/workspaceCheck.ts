// "Check Workspace": the findings in Dockerfiles that are not open, beside those in the ones that are.
import { type Disposable, ProgressLocation, commands, window } from 'vscode';
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';
import { SECTION } from './settings.ts';

export function provideWorkspaceCheck(client: () => Promise<LanguageClient | undefined>): Disposable {
    return commands.registerCommand(`${SECTION}.checkWorkspace`, async () => {
        const running = await client();
        if (!running) {
            return;
        }
        const options = { location: ProgressLocation.Window, title: 'Lightship checks the workspace' };
        const command = `${SECTION}.server.checkWorkspace`;
        await window.withProgress(options, () => running.sendRequest(ExecuteCommandRequest.type, { command }));
        await commands.executeCommand('workbench.actions.view.problems');
    });
}
