// What needs VS Code's interfaces, but no picture.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FEATURES } from '../../src/features.ts';
import type { LightshipServer } from '../../src/client.ts';

const ID = 'lightship.lightship';
const PIP = 'FROM python:3.13-slim\nWORKDIR /srv\nRUN pip install requests==2.32.3\nUSER 1000\n';

const extension = vscode.extensions.getExtension<LightshipServer>(ID);

function file(name: string): vscode.Uri {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    return vscode.Uri.joinPath(folder.uri, name);
}

async function show(name: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(file(name));
    await vscode.window.showTextDocument(document);
    return document;
}

async function until<T>(what: string, condition: () => T | undefined | false): Promise<T> {
    for (let i = 0; i < 1200; i++) {
        const found = condition();
        if (found) {
            return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`never came true: ${what}`);
}

function findings(uri: vscode.Uri): string[] {
    return vscode.languages
        .getDiagnostics(uri)
        .filter(({ source }) => source === 'lightship')
        .map(({ code }) => String(typeof code === 'object' ? code.value : code))
        .sort();
}

const has = (name: string, code: string) => until(`${code} in ${name}`, () => findings(file(name)).includes(code));

async function set(key: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration('lightship').update(key, value, vscode.ConfigurationTarget.Workspace);
}

async function running(): Promise<Extract<LightshipServer['state'], { kind: 'running' }>> {
    return until('the server runs', () => {
        const state = extension?.exports.state;
        assert.notEqual(state?.kind, 'unavailable', 'there is no server to run');
        return state?.kind === 'running' && state;
    });
}

/** Does what has the server started again, and waits for that. */
async function restarted(act: () => PromiseLike<unknown>): Promise<void> {
    const { client } = await running();
    await act();
    await until('it is started again', () => {
        const state = extension?.exports.state;
        return state?.kind === 'running' && state.client !== client;
    });
}

export const tests: Record<string, () => Promise<void>> = {
    'starts with the first Dockerfile': async () => {
        assert.ok(extension);
        const document = await show('Dockerfile');
        assert.equal(document.languageId, 'dockerfile');
        await extension.activate();
        await running();
        await has('Dockerfile', 'pip-cache');
    },

    'a finding tells where, how severe, and links to its page': async () => {
        const [found] = vscode.languages
            .getDiagnostics(file('Dockerfile'))
            .filter(({ message }) => /cache/.test(message));
        assert.ok(found && typeof found.code === 'object');
        assert.equal(found.severity, vscode.DiagnosticSeverity.Warning);
        assert.equal(found.range.start.line, 2);
        assert.equal(found.code.target.toString(true), 'command:lightship.showRule?["pip-cache"]');
    },

    'files of all names are known': async () => {
        for (const [name, language] of Object.entries({
            Containerfile: 'dockerfile',
            'Containerfile.dev': 'dockerfile',
            'web/web.Dockerfile': 'dockerfile',
            '.dockerignore': 'ignore',
            'Dockerfile.dockerignore': 'ignore',
        })) {
            assert.equal((await vscode.workspace.openTextDocument(file(name))).languageId, language, name);
        }
    },

    'a quick fix is applied and undone': async () => {
        const document = await show('Dockerfile');
        const range = document.lineAt(2).range;
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
            'vscode.executeCodeActionProvider',
            document.uri,
            range,
            vscode.CodeActionKind.QuickFix.value,
        );
        const fix = actions.find(({ isPreferred }) => isPreferred);
        assert.ok(fix?.edit, actions.map(({ title }) => title).join());
        await vscode.workspace.applyEdit(fix.edit);
        assert.equal(document.getText(), PIP.replace('pip install', 'pip install --no-cache-dir'));
        await until('it is not found any more', () => !findings(document.uri).includes('pip-cache'));
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), PIP);
        await has('Dockerfile', 'pip-cache');
    },

    'the command fixes all': async () => {
        const document = await show('Dockerfile');
        await vscode.commands.executeCommand('lightship.fixAll');
        assert.equal(document.getText(), PIP.replace('pip install', 'pip install --no-cache-dir'));
        await vscode.commands.executeCommand('undo');
    },

    'a lens above a line converts': async () => {
        const document = await show('guide/Dockerfile');
        const before = document.getText();
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
            'vscode.executeCodeLensProvider',
            document.uri,
            10,
        );
        const command = lenses.map(({ command }) => command).find((each) => each?.title.startsWith('Convert'));
        assert.ok(command, lenses.map((each) => each.command?.title).join());
        await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
        await until('it is converted', () => document.getText().includes('COPY --from=build'));
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), before);
    },

    'all is fixed on a save, if the user wants it so': async () => {
        const configuration = vscode.workspace.getConfiguration('editor', { languageId: 'dockerfile' });
        const wish = { 'source.fixAll.lightship': 'explicit' };
        await configuration.update('codeActionsOnSave', wish, vscode.ConfigurationTarget.Workspace, true);
        const document = await show('saved/Dockerfile');
        await has('saved/Dockerfile', 'pip-cache');
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), '# saved\n');
        await vscode.workspace.applyEdit(edit);
        await vscode.commands.executeCommand('workbench.action.files.save');
        const onDisk = new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri));
        assert.equal(onDisk, `# saved\n${PIP.replace('pip install', 'pip install --no-cache-dir')}`);
        await configuration.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Workspace, true);
    },

    'a .dockerignore is made of what is there': async () => {
        const document = await show('app/Dockerfile');
        await running();
        await vscode.commands.executeCommand('lightship.createDockerignore');
        const made = vscode.Uri.joinPath(document.uri, '../.dockerignore');
        const text = (await vscode.workspace.openTextDocument(made)).getText();
        assert.match(text, /^\*\*\/__pycache__$/m);
    },

    'settings reach the server, and none that nobody has set': async () => {
        await show('Dockerfile');
        await has('Dockerfile', 'pip-cache');
        await set('ignore', ['pip-cache']);
        await until('it is ignored', () => !findings(file('Dockerfile')).includes('pip-cache'));
        await set('ignore', undefined);
        await has('Dockerfile', 'pip-cache');
        await set('severity', { 'pip-cache': 'error' });
        await until('it is an error', () =>
            vscode.languages
                .getDiagnostics(file('Dockerfile'))
                .some(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
        );
        await set('severity', undefined);
    },

    'a registry is asked where the person lets it be, and no project can': async () => {
        const document = await show('pinned/Dockerfile');
        const pin = async () => {
            const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
                'vscode.executeCodeActionProvider',
                document.uri,
                document.lineAt(0).range,
                'refactor.rewrite.pin-digest',
                1,
            );
            return actions.find(({ edit }) => edit)?.edit;
        };
        const configuration = vscode.workspace.getConfiguration('lightship');
        const ask = (allowed: boolean | undefined, target: vscode.ConfigurationTarget) =>
            configuration.update('askRegistry', allowed, target);
        assert.equal(await pin(), undefined);
        await assert.rejects(async () => ask(true, vscode.ConfigurationTarget.Workspace));
        await ask(true, vscode.ConfigurationTarget.Global);
        let edit: vscode.WorkspaceEdit | undefined;
        for (let i = 0; !edit && i < 100; i++) {
            edit = await pin();
        }
        assert.match(edit?.get(document.uri)[0]?.newText ?? '', /^127\.0\.0\.1:\d+\/open\/app:1@sha256:[0-9a-f]{64}$/);
        await ask(undefined, vscode.ConfigurationTarget.Global);
    },

    'a feature that is turned off is not there': async () => {
        const hovers = () =>
            vscode.commands.executeCommand<vscode.Hover[]>(
                'vscode.executeHoverProvider',
                file('Dockerfile'),
                new vscode.Position(2, 6),
            );
        assert.equal((await hovers()).length, 1);
        await restarted(() => set('features.hover', 'off'));
        assert.equal((await hovers()).length, 0);
        await restarted(() => set('features.hover', undefined));
        assert.equal((await hovers()).length, 1);
    },

    'every feature of the server has a setting, and every setting is in the manifest': async () => {
        const always =
            /^(positionEncoding|textDocumentSync|codeActionProvider|diagnosticProvider|executeCommandProvider|workspace)$/;
        const { client } = await running();
        const known = new Set<string>(Object.values(FEATURES).flat());
        const offered = Object.keys(client.initializeResult?.capabilities ?? {});
        assert.ok(offered.includes('hoverProvider'));
        assert.deepEqual(
            offered.filter((name) => !always.test(name) && !known.has(name)),
            [],
        );
        const configuration = vscode.workspace.getConfiguration('lightship.features');
        assert.deepEqual(
            Object.keys(FEATURES).filter((name) => configuration.inspect(name)?.defaultValue !== 'auto'),
            [],
        );
    },

    'a file that is on no disk is looked at too': async () => {
        const provideTextDocumentContent = () => PIP;
        const provider = vscode.workspace.registerTextDocumentContentProvider('virtual', {
            provideTextDocumentContent,
        });
        const uri = vscode.Uri.parse('virtual://somewhere/Dockerfile');
        await vscode.window.showTextDocument(uri);
        await until('it is looked at', () => findings(uri).includes('pip-cache'));
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        provider.dispose();
    },

    'every command is there': async () => {
        const there = new Set(await vscode.commands.getCommands(true));
        const promised: { command: string }[] = extension?.packageJSON.contributes.commands;
        assert.ok(promised.length >= 8);
        assert.deepEqual(
            promised.filter(({ command }) => !there.has(command)),
            [],
        );
    },

    'the workspace is checked, files that are not open too': async () => {
        const closed = 'closed/Dockerfile.prod';
        await show('Dockerfile');
        assert.deepEqual(findings(file(closed)), []);
        await vscode.commands.executeCommand('lightship.checkWorkspace');
        await has(closed, 'untagged-base');
        const before = findings(file(closed));
        assert.deepEqual(findings(file('node_modules/theirs/Dockerfile')), []);
        await show(closed);
        const { client } = await running();
        await until('it is told as what is shown is', () => !client.diagnostics?.get(file(closed))?.length);
        await until('each is told once', () => findings(file(closed)).join() === before.join());
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    },

    "a rule's page is Markdown": async () => {
        const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('lightship-rule:/pip-cache.md'));
        assert.equal(page.languageId, 'markdown');
        assert.match(page.getText(), /^# pip-cache\n[\s\S]*```dockerfile/);
    },

    "a report says what there is to say, and is the user's to send": async () => {
        await vscode.commands.executeCommand('lightship.report');
        const document = vscode.window.activeTextEditor?.document;
        assert.ok(document?.isUntitled);
        assert.match(document.getText(), /Lightship: \d+\.\d+/);
        assert.match(document.getText(), /Server: Python 3\.\d+/);
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    },

    'the interpreter of the Python extension is taken where no other is set': async () => {
        const select = (name: string) => vscode.commands.executeCommand('test.selectInterpreter', name);
        await select('env/bin/python');
        await set('server.python', '');
        await until('the selected one runs', () => {
            const state = extension?.exports.state;
            return state?.kind === 'running' && state.launcher.command.endsWith('/env/bin/python');
        });
        await select('other/bin/python');
        await until('the other one runs', () => {
            const state = extension?.exports.state;
            return state?.kind === 'running' && state.launcher.command.endsWith('/other/bin/python');
        });
        await set('server.python', undefined);
        await until('the one that is set runs', () => {
            const state = extension?.exports.state;
            return state?.kind === 'running' && !/(env|other)\/bin/.test(state.launcher.command);
        });
    },

    "an installation of the user's own is run instead": async () => {
        await set('server.path', file('own/lightship').fsPath);
        await until('it runs', () => {
            const state = extension?.exports.state;
            return state?.kind === 'running' && /^lightship \d.*own.lightship/.test(state.launcher.description);
        });
        await show('Dockerfile');
        await has('Dockerfile', 'pip-cache');
        const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('lightship-rule:/root-user.md'));
        assert.match(page.getText(), /^# root-user\n/);
        await set('server.path', undefined);
        await until('the one in the extension runs', () => {
            const state = extension?.exports.state;
            return state?.kind === 'running' && state.launcher.args.includes('-I');
        });
    },

    'the command starts the server anew': async () => {
        await show('Dockerfile');
        await restarted(() => vscode.commands.executeCommand('lightship.restart'));
        await has('Dockerfile', 'pip-cache');
    },

    'the server comes back after a crash': async () => {
        await show('Dockerfile');
        const { client } = await running();
        const process = client.serverProcess;
        assert.ok(process);
        process.kill('SIGKILL');
        await until('it is missed', () => extension?.exports.state.kind === 'waiting');
        await running();
        await has('Dockerfile', 'pip-cache');
    },

    // Comes last, for VS Code lets no extension go that has been active.
    "what Microsoft's extension does is left to it, and another setting takes it back": async () => {
        const { uri } = await show('Dockerfile');
        const hovers = async () => {
            const found = await vscode.commands.executeCommand<vscode.Hover[]>(
                'vscode.executeHoverProvider',
                uri,
                new vscode.Position(2, 6),
            );
            const texts = found.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
            return texts.map(({ value }) => (value === "Microsoft's" ? value : 'ours')).sort();
        };
        const formatted = async () => {
            const edits = await vscode.commands.executeCommand<vscode.TextEdit[] | undefined>(
                'vscode.executeFormatDocumentProvider',
                uri,
                { tabSize: 4, insertSpaces: true },
            );
            return edits?.map(({ newText }) => newText);
        };
        assert.deepEqual(await hovers(), ['ours']);
        await restarted(() =>
            vscode.commands.executeCommand('workbench.extensions.installExtension', file('containers.vsix')),
        );
        assert.deepEqual(await hovers(), ["Microsoft's"]);
        assert.deepEqual(await formatted(), ["# Microsoft's\n"]);
        await has('Dockerfile', 'pip-cache');
        await restarted(() => set('features.hover', 'on'));
        assert.deepEqual(await hovers(), ["Microsoft's", 'ours']);
    },
};
