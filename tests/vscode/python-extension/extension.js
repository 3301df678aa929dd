const { EventEmitter, Uri, commands, workspace } = require('vscode');

exports.activate = () => {
    const changed = new EventEmitter();
    let selected = '/no/python';
    commands.registerCommand('test.selectInterpreter', (name) => {
        selected = Uri.joinPath(workspace.workspaceFolders[0].uri, name).fsPath;
        changed.fire({ path: selected });
    });
    return {
        environments: {
            onDidChangeActiveEnvironmentPath: changed.event,
            getActiveEnvironmentPath: () => ({ id: selected, path: selected }),
            resolveEnvironment: async ({ path }) => ({ path, executable: { uri: Uri.file(path) } }),
        },
    };
};
