// Commands that stand for a code action of the server's, wherever in the file the cursor is.
import { Disposable, type TextDocument, commands, window, workspace } from 'vscode';
import {
    type CodeAction,
    CodeActionRequest,
    CodeActionResolveRequest,
    type LanguageClient,
} from 'vscode-languageclient/node';
import { isDockerfile } from './documents.ts';
import { SECTION } from './settings.ts';

const KINDS = {
    fixAll: 'source.fixAll.lightship',
    convertToMultiStage: 'refactor.rewrite.convert-to-multi-stage',
    createDockerignore: 'refactor.rewrite.create-dockerignore',
};

/** Of a file just opened, the server may still be reading the folder, and waits for no disk: a person does, a little. */
const TRIES = 4;
const PAUSE = 300;

const NOTHING = 'There is nothing of this kind to do in this file.';

export function provideCodeActionCommands(client: () => Promise<LanguageClient | undefined>): Disposable {
    const act = async (kind: string): Promise<void> => {
        const document = window.activeTextEditor?.document;
        if (!document || !isDockerfile(document)) {
            void window.showInformationMessage('Open a Dockerfile first.');
            return;
        }
        const running = await client();
        if (running) {
            const complaint = await perform(running, document, kind);
            if (complaint) {
                void window.showInformationMessage(complaint);
            }
        }
    };
    return Disposable.from(
        ...Object.entries(KINDS).map(([name, kind]) => commands.registerCommand(`${SECTION}.${name}`, () => act(kind))),
    );
}

/** Why nothing was done, if so. */
async function perform(client: LanguageClient, document: TextDocument, kind: string): Promise<string | undefined> {
    const all = { start: { line: 0, character: 0 }, end: { line: document.lineCount, character: 0 } };
    let actions: CodeAction[] = [];
    let possible: CodeAction[] = [];
    for (let tries = TRIES; !possible.length && tries; tries--) {
        if (tries < TRIES) {
            await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
        const offered = await client.sendRequest(CodeActionRequest.type, {
            textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
            range: all,
            context: { diagnostics: [], only: [kind] },
        });
        // No server of ours sends bare commands.
        actions = (offered ?? []) as CodeAction[];
        possible = actions.filter(({ disabled }) => !disabled);
    }
    if (!possible.length) {
        return actions[0]?.disabled?.reason ?? NOTHING;
    }
    const action = await choose(possible);
    if (!action) {
        return undefined;
    }
    const { edit } = action.edit ? action : await client.sendRequest(CodeActionResolveRequest.type, action);
    if (!edit) {
        return NOTHING;
    }
    await workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit), { isRefactoring: true });
    return undefined;
}

/** The same thing may be on offer in several places. */
async function choose(actions: readonly CodeAction[]): Promise<CodeAction | undefined> {
    const titles = [...new Set(actions.map(({ title }) => title))];
    const title = titles.length > 1 ? await window.showQuickPick(titles) : titles[0];
    return actions.find((action) => action.title === title);
}
