// Which documents are ours.
import { type DocumentSelector, type TextDocument, languages } from 'vscode';

export const SELECTOR = [{ language: 'dockerfile' }, { pattern: '**/*.dockerignore' }] satisfies DocumentSelector;

export function isOurs(document: TextDocument): boolean {
    return languages.match(SELECTOR, document) > 0;
}

export function isDockerfile(document: TextDocument): boolean {
    return document.languageId === 'dockerfile';
}
