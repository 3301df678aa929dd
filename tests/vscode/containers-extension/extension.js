const { Hover, Position, TextEdit, languages } = require('vscode');

exports.activate = ({ subscriptions }) => {
    subscriptions.push(
        languages.registerHoverProvider('dockerfile', { provideHover: () => new Hover("Microsoft's") }),
        languages.registerDocumentFormattingEditProvider('dockerfile', {
            provideDocumentFormattingEdits: () => [TextEdit.insert(new Position(0, 0), "# Microsoft's\n")],
        }),
    );
};
