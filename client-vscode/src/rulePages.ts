// The rules' pages, shown as they are meant to be read.
import { type Diagnostic, Disposable, Uri, commands, languages, window, workspace } from 'vscode';
import { type Launcher, run } from './launcher.ts';
import { SECTION } from './settings.ts';

const SCHEME = 'lightship-rule';

/** A rule's page is a file of the server's; here it opens as it is meant to be read. */
export function withLinks(diagnostics: Diagnostic[]): Diagnostic[] {
    for (const { code } of diagnostics) {
        if (typeof code === 'object') {
            code.target = linkToPage(code.target) ?? code.target;
        }
    }
    return diagnostics;
}

function linkToPage(target: Uri): Uri | undefined {
    const name = target.scheme === 'file' && /\/([\w-]+)\.md$/.exec(target.path)?.[1];
    return name ? Uri.parse(`command:${SECTION}.showRule?${encodeURIComponent(JSON.stringify([name]))}`) : undefined;
}

/** `launcher` is that of the running server. */
export function provideRulePages(launcher: () => Promise<Launcher | undefined>): Disposable {
    const lightship = async (...args: string[]): Promise<string> => {
        const found = await launcher();
        return found ? run(found, 'rule', ...args) : '';
    };
    const show = async (name?: string): Promise<void> => {
        const rule = name ?? (await choose(await lightship()));
        if (rule) {
            await commands.executeCommand('markdown.showPreview', Uri.from({ scheme: SCHEME, path: `/${rule}.md` }));
        }
    };
    return Disposable.from(
        commands.registerCommand(`${SECTION}.showRule`, show),
        workspace.registerTextDocumentContentProvider(SCHEME, {
            provideTextDocumentContent: ({ path }) => lightship(path.slice(1, -'.md'.length)),
        }),
    );
}

/** Those that have found something where the cursor is come first. `list` is what `lightship rule` prints. */
async function choose(list: string): Promise<string | undefined> {
    const here = new Set(codesAtCursor());
    const rules = list
        .split('\n')
        .filter(Boolean)
        .map((line) => {
            const [label = '', severity = '', ...rest] = line.split(/\s{2,}/);
            return { label, description: severity, detail: rest.at(-1) ?? '' };
        });
    const found = rules.filter(({ label }) => here.has(label));
    const others = rules.filter(({ label }) => !here.has(label));
    const options = { placeHolder: 'A rule', matchOnDetail: true };
    return (await window.showQuickPick([...found, ...others], options))?.label;
}

function codesAtCursor(): string[] {
    const editor = window.activeTextEditor;
    return languages
        .getDiagnostics(editor?.document.uri ?? Uri.parse('untitled:'))
        .filter(({ range, source }) => source === SECTION && editor && range.intersection(editor.selection))
        .map(({ code }) => String(typeof code === 'object' ? code.value : code));
}
