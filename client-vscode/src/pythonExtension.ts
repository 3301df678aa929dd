// The interpreter that is selected in the Python extension, where that is installed. It is never needed.
import { PVSC_EXTENSION_ID, PythonExtension } from '@vscode/python-extension';
import { type Disposable, extensions, workspace } from 'vscode';

const PATIENCE = 5_000;

/** Not in a workspace that is not trusted: its own environment would be run. Never rejects, and never waits for long. */
export async function selectedInterpreter(): Promise<string | undefined> {
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
    return Promise.race([ask().catch(() => undefined), late]);
}

/** Calls back when another interpreter is selected. */
export async function onDidSelectInterpreter(listener: () => void): Promise<Disposable | undefined> {
    const api = await python().catch(() => undefined);
    return api?.environments.onDidChangeActiveEnvironmentPath(listener);
}

async function ask(): Promise<string | undefined> {
    const environments = (await python())?.environments;
    const selected = environments?.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]);
    return selected && (await environments?.resolveEnvironment(selected))?.executable.uri?.fsPath;
}

async function python(): Promise<PythonExtension | undefined> {
    return workspace.isTrusted && extensions.getExtension(PVSC_EXTENSION_ID) ? PythonExtension.api() : undefined;
}
