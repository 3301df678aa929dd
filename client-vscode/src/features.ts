// Which of the server's features are asked for, so that no two extensions do the same thing in one editor.
import type { ServerCapabilities } from 'vscode-languageclient';

export type Choice = 'auto' | 'on' | 'off';

/** A feature as the settings name it, and what it is in the protocol. Findings and their fixes are always there. */
export const FEATURES = {
    hover: ['hoverProvider'],
    completion: ['completionProvider'],
    signatureHelp: ['signatureHelpProvider'],
    formatting: ['documentFormattingProvider', 'documentRangeFormattingProvider', 'documentOnTypeFormattingProvider'],
    semanticTokens: ['semanticTokensProvider'],
    inlayHints: ['inlayHintProvider'],
    codeLens: ['codeLensProvider'],
    links: ['documentLinkProvider'],
    folding: ['foldingRangeProvider'],
    symbols: ['documentSymbolProvider', 'workspaceSymbolProvider'],
    navigation: [
        'definitionProvider',
        'declarationProvider',
        'referencesProvider',
        'documentHighlightProvider',
        'renameProvider',
    ],
    selection: ['selectionRangeProvider'],
} as const satisfies Record<string, readonly (keyof ServerCapabilities)[]>;

export type Feature = keyof typeof FEATURES;

const CONTAINER_TOOLS: readonly Feature[] = [
    'hover',
    'completion',
    'signatureHelp',
    'formatting',
    'semanticTokens',
    'links',
    'folding',
    'symbols',
    'navigation',
];

/** What other extensions do for Dockerfiles, by their ids. */
export const PEERS: Readonly<Record<string, readonly Feature[]>> = {
    'ms-azuretools.vscode-containers': CONTAINER_TOOLS,
    'ms-azuretools.vscode-docker': CONTAINER_TOOLS,
    'docker.docker': ['hover', 'inlayHints'],
};

/** The features to leave to others: those turned off, and those left to us to decide that a peer has. */
export function left(choice: (feature: Feature) => Choice, installed: (peer: string) => boolean): Feature[] {
    const taken = new Set(
        Object.keys(PEERS)
            .filter(installed)
            .flatMap((peer) => PEERS[peer] ?? []),
    );
    const features = Object.keys(FEATURES) as Feature[];
    return features.filter((feature) => {
        const chosen = choice(feature);
        return chosen === 'off' || (chosen === 'auto' && taken.has(feature));
    });
}

/** Takes out of a server's capabilities what is not to be used of them: what is not there is not registered. */
export function withhold(capabilities: ServerCapabilities, features: readonly Feature[]): void {
    for (const feature of features) {
        for (const capability of FEATURES[feature]) {
            delete capabilities[capability];
        }
    }
}
