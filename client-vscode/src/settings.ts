// Our settings, read from VS Code in the shape that each user of them needs.
import { type ExtensionContext, extensions, workspace } from 'vscode';
import { type Choice, type Feature, PEERS, left } from './features.ts';

export const SECTION = 'lightship';

interface Group {
    readonly properties: Record<string, unknown>;
}

/** What the server is to hear: only what somebody has set, for what is set in an editor outranks the project's files. */
export function forServer(context: ExtensionContext): Record<string, unknown> {
    const groups = context.extension.packageJSON.contributes.configuration as readonly [Group, ...Group[]];
    const configuration = workspace.getConfiguration(SECTION);
    const set: Record<string, unknown> = {};
    // The first group is the one that is made from the server's schema.
    for (const name of Object.keys(groups[0].properties)) {
        const key = name.slice(SECTION.length + 1);
        const { globalValue, workspaceValue, workspaceFolderValue } = configuration.inspect(key) ?? {};
        if ([globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined)) {
            set[key] = configuration.get(key);
        }
    }
    return set;
}

export function serverPath(): string {
    return workspace.getConfiguration(SECTION).get('server.path', '').trim();
}

export function interpreter(): string {
    return workspace.getConfiguration(SECTION).get('server.python', '').trim();
}

/** The features that are not ours here, see `features.ts`. */
export function featuresLeft(): Feature[] {
    const configuration = workspace.getConfiguration(SECTION);
    return left(
        (feature) => configuration.get<Choice>(`features.${feature}`, 'auto'),
        (peer) => extensions.getExtension(peer) !== undefined,
    );
}

export function peers(): string[] {
    return Object.keys(PEERS).filter((peer) => extensions.getExtension(peer));
}
