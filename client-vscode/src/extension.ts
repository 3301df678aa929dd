// Puts the parts together.
import { type ExtensionContext, commands, extensions, window, workspace } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type LightshipServer, makeClient } from './client.ts';
import { provideCodeActionCommands } from './codeActions.ts';
import { isOurs } from './documents.ts';
import { findLauncher } from './launcher.ts';
import { showMessages } from './messages.ts';
import { SelectedInterpreter } from './pythonExtension.ts';
import { openReport } from './report.ts';
import { provideRulePages } from './rulePages.ts';
import { Server } from './server.ts';
import { SECTION, featuresLeft, forServer, interpreter, serverPath } from './settings.ts';
import { showStatus } from './status.ts';
import { provideWorkspaceCheck } from './workspaceCheck.ts';

/** Lines of the server's that a report shows. */
const REMEMBERED = 60;

let server: LightshipServer | undefined;

export async function activate(context: ExtensionContext): Promise<LightshipServer> {
    const log = window.createOutputChannel('Lightship', { log: true });
    const lastLines: string[] = [];
    const start = context.asAbsolutePath('bundled/start.py');
    const selected = new SelectedInterpreter(() => void restart());
    const find = async () => {
        const [path, setting] = [serverPath(), interpreter()];
        // The Python extension takes a while to start; it is left alone where it has no say.
        const environment = path || setting ? undefined : await selected.get();
        return findLauncher({ path, setting, environment, platform: process.platform, start });
    };
    const heard = (line: string): void => {
        log.info(line);
        lastLines.push(line);
        lastLines.splice(0, lastLines.length - REMEMBERED);
    };
    const running = new Server<LanguageClient>({
        find,
        make: (launcher, lost) =>
            makeClient(launcher, { log, heard, settings: () => forServer(context), left: featuresLeft(), lost }),
        log: (message) => log.info(message),
    });
    server = running;

    /** The server that runs, started if need be. */
    const started = async () => {
        const gaveUp = running.state.kind === 'failed' || running.state.kind === 'unavailable';
        await (gaveUp ? running.restart() : running.start());
        return running.state.kind === 'running' ? running.state : undefined;
    };
    let left = featuresLeft().join();
    const restart = () => (running.state.kind === 'stopped' ? undefined : running.restart());
    const restartIfLeftChanged = (): void => {
        const now = featuresLeft().join();
        if (now !== left) {
            left = now;
            void restart();
        }
    };
    context.subscriptions.push(
        log,
        running,
        selected,
        showStatus(running),
        showMessages(running),
        provideCodeActionCommands(async () => (await started())?.client),
        provideRulePages(async () => (await started())?.launcher),
        provideWorkspaceCheck(async () => (await started())?.client),
        commands.registerCommand(`${SECTION}.restart`, () => running.restart()),
        commands.registerCommand(`${SECTION}.showLog`, () => log.show()),
        commands.registerCommand(`${SECTION}.report`, () => openReport(context, running, lastLines)),
        workspace.onDidOpenTextDocument((document) => void (isOurs(document) && running.start())),
        workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration(`${SECTION}.server`)) {
                void restart();
            } else if (event.affectsConfiguration(`${SECTION}.features`)) {
                restartIfLeftChanged();
            }
        }),
        workspace.onDidGrantWorkspaceTrust(restart),
        extensions.onDidChange(restartIfLeftChanged),
    );
    if (workspace.textDocuments.some(isOurs)) {
        void running.start();
    }
    return running;
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}
