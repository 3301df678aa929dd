// The interpreter that is selected in the Python extension, where that is installed. It is never needed.
import { PVSC_EXTENSION_ID, PythonExtension } from '@vscode/python-extension';
import { type Disposable, extensions, workspace } from 'vscode';

const PATIENCE = 5_000;

export class SelectedInterpreter implements Disposable {
    readonly #changed: () => void;
    #listener: Disposable | undefined;

    /** `changed` is called when another one is selected, once somebody has asked which it is. */
    constructor(changed: () => void) {
        this.#changed = changed;
    }

    /** Never rejects, and never waits for long. */
    async get(): Promise<string | undefined> {
        const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
        return Promise.race([this.#ask().catch(() => undefined), late]);
    }

    dispose(): void {
        this.#listener?.dispose();
    }

    async #ask(): Promise<string | undefined> {
        // A workspace that is not trusted may bring its own environment, and must not have it run.
        if (!workspace.isTrusted || !extensions.getExtension(PVSC_EXTENSION_ID)) {
            return undefined;
        }
        const { environments } = await PythonExtension.api();
        this.#listener ??= environments.onDidChangeActiveEnvironmentPath(this.#changed);
        const selected = environments.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]);
        return (await environments.resolveEnvironment(selected))?.executable.uri?.fsPath;
    }
}
