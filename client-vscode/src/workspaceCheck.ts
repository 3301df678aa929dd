// "Check Workspace": the findings in Dockerfiles that are not open, beside those of the server in the ones that are.
import {
    type DiagnosticCollection,
    Disposable,
    ProgressLocation,
    type Uri,
    commands,
    languages,
    window,
    workspace,
} from 'vscode';
import { DocumentDiagnosticRequest, type LanguageClient } from 'vscode-languageclient/node';
import { FILES, isDockerfile } from './documents.ts';
import { withLinks } from './rulePages.ts';
import { SECTION } from './settings.ts';

export function provideWorkspaceCheck(client: () => Promise<LanguageClient | undefined>): Disposable {
    const found = languages.createDiagnosticCollection(`${SECTION}-workspace`);
    const check = async (): Promise<void> => {
        const running = await client();
        if (!running) {
            return;
        }
        const options = { location: ProgressLocation.Window, title: 'Lightship checks the workspace' };
        await window.withProgress(options, async () => {
            found.clear();
            const uris = (await workspace.findFiles(FILES)).filter(({ path }) => !path.endsWith('.dockerignore'));
            await Promise.all(uris.map((uri) => checkFile(running, uri, found)));
        });
        await commands.executeCommand('workbench.actions.view.problems');
    };
    return Disposable.from(
        found,
        commands.registerCommand(`${SECTION}.checkWorkspace`, check),
        // From here on the server speaks for it.
        window.onDidChangeVisibleTextEditors((editors) =>
            editors.forEach(({ document }) => found.delete(document.uri)),
        ),
        workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => found.delete(uri))),
    );
}

async function checkFile(client: LanguageClient, uri: Uri, found: DiagnosticCollection): Promise<void> {
    const shown = window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ input }) => (input as { uri?: Uri } | undefined)?.uri?.toString() === uri.toString());
    if (shown) {
        return;
    }
    // Opened for the server, not for the user: VS Code closes it by itself.
    const document = await workspace.openTextDocument(uri).then(undefined, () => undefined);
    if (document && isDockerfile(document)) {
        const textDocument = client.code2ProtocolConverter.asTextDocumentIdentifier(document);
        const report = await client.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
        if (report.kind === 'full') {
            found.set(uri, withLinks(await client.protocol2CodeConverter.asDiagnostics(report.items)));
        }
    }
}
