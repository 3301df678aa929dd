// What to tell when something goes wrong: a text to be read, completed and sent by the user. Nothing is sent from here.
import { type ExtensionContext, env, version, window, workspace } from 'vscode';
import type { LightshipServer } from './client.ts';
import { featuresLeft, forServer, peers } from './settings.ts';

export async function openReport(
    context: ExtensionContext,
    server: LightshipServer,
    lastLines: readonly string[],
): Promise<void> {
    const { state } = server;
    const facts = {
        Lightship: context.extension.packageJSON.version as string,
        'VS Code': `${version} (${env.appName}${env.remoteName ? `, remote: ${env.remoteName}` : ''})`,
        System: `${process.platform}-${process.arch}`,
        Server: state.kind === 'running' ? state.launcher.description : state.kind,
        Reason: state.kind === 'unavailable' ? state.reason : '',
        Crashes: String(server.crashes),
        Trusted: workspace.isTrusted ? '' : 'no',
        'Other extensions': peers().join(', '),
        'Features left to others': featuresLeft().join(', '),
    };
    const content = `# What went wrong


# What to do to see it (a Dockerfile helps most)

\`\`\`dockerfile

\`\`\`

# Facts

Look through them before you send this to anybody. Nothing has been sent.

${Object.entries(facts)
    .filter(([, value]) => value)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n')}

\`\`\`json
${JSON.stringify(forServer(context), null, 2)}
\`\`\`

The last that the server said:

\`\`\`text
${lastLines.join('\n')}
\`\`\`
`;
    await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
}
