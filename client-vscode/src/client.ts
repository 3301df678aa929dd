// The language client: the connection to one process of the server.
import type { Readable } from 'node:stream';
import type { LogOutputChannel } from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn } from 'vscode-languageclient/node';
import { SELECTOR } from './documents.ts';
import { type Feature, withhold } from './features.ts';
import type { Launcher } from './launcher.ts';
import { withLinks } from './rulePages.ts';
import type { Server, State } from './server.ts';
import { SECTION } from './settings.ts';

export type LightshipServer = Server<LanguageClient>;
export type LightshipState = State<LanguageClient>;

/** A client whose process is gone once it is disposed of, even one that has never answered; with no messages of its own. */
class Client extends LanguageClient {
    /** Into the log alone: what people are to hear is for `messages.ts` to say, once. */
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }

    override async dispose(timeout?: number): Promise<void> {
        const process = this.serverProcess;
        try {
            await super.dispose(timeout);
        } finally {
            process?.kill();
        }
    }
}

export interface Wiring {
    readonly log: LogOutputChannel;
    /** Every line that the server writes to standard error. */
    readonly heard: (line: string) => void;
    readonly settings: () => Record<string, unknown>;
    readonly left: readonly Feature[];
    /** The process has ended, and nobody asked it to. */
    readonly lost: () => void;
}

export function makeClient(launcher: Launcher, { log, heard, settings, left, lost }: Wiring): LanguageClient {
    const listen = (stream: Readable): void => {
        let rest = '';
        stream.setEncoding('utf8').on('data', (text: string) => {
            const lines = (rest + text).split(/\r?\n/);
            rest = lines.pop() ?? '';
            lines.forEach(heard);
        });
    };
    const client = new Client(
        SECTION,
        'Lightship',
        { command: launcher.command, args: [...launcher.args, 'server'], options: { cwd: launcher.cwd } },
        {
            documentSelector: SELECTOR,
            outputChannel: log,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            stdioOptions: { stdout: listen, stderr: listen },
            // All files of the workspace are checked when somebody asks for it, not every few seconds.
            initializationOptions: { ...settings(), workspaceDiagnostics: false },
            initializationFailedHandler: () => false,
            // Restarting is `Server`'s business, which also looks for a Python again.
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => {
                    lost();
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
            middleware: {
                workspace: {
                    // Where a setting has it stopped, there is nobody to tell of the setting.
                    didChangeConfiguration: async (sections, next) =>
                        void (client.isRunning() && (await next(sections))),
                    configuration: ({ items }) => items.map(({ section }) => (section === SECTION ? settings() : null)),
                },
                handleDiagnostics: (uri, found, next) => next(uri, withLinks(found)),
                provideDiagnostics: async (document, previous, token, next) => {
                    const report = await next(document, previous, token);
                    if (report?.kind === 'full') {
                        report.items = withLinks(report.items);
                    }
                    return report;
                },
            },
        },
    );
    client.registerFeature({
        // VS Code would list the lines of what is to be confirmed one by one, unticked: half a refactoring could be
        // chosen, and nothing is by default. Who asked for one has it, and takes it back with one undo.
        fillClientCapabilities: ({ workspace }) => void delete workspace?.workspaceEdit?.changeAnnotationSupport,
        preInitialize: (capabilities) => withhold(capabilities, left),
        initialize: () => {},
        getState: () => ({ kind: 'static' }),
        clear: () => {},
    });
    return client;
}
