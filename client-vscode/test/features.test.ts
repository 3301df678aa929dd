import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Choice, FEATURES, PEERS, left, withhold } from '../src/features.ts';

const nobody = () => false;

test('alone, we do everything', () => {
    assert.deepEqual(
        left(() => 'auto', nobody),
        [],
    );
});

test('what another extension does is left to it', () => {
    const tools = left(
        () => 'auto',
        (peer) => peer === 'ms-azuretools.vscode-containers',
    );
    assert.ok(tools.includes('hover') && tools.includes('formatting'));
    assert.ok(!tools.includes('codeLens'));
    assert.deepEqual(
        left(
            () => 'auto',
            (peer) => peer === 'docker.docker',
        ),
        ['hover', 'inlayHints'],
    );
});

test('who chooses is obeyed', () => {
    const choose = (feature: string): Choice => (feature === 'hover' ? 'on' : feature === 'links' ? 'off' : 'auto');
    const found = left(choose, () => true);
    assert.ok(!found.includes('hover'));
    assert.ok(found.includes('links') && found.includes('formatting'));
    assert.deepEqual(left(choose, nobody), ['links']);
});

test('a feature that is left is not registered, and the others are', () => {
    const capabilities = {
        hoverProvider: true,
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
    };
    withhold(capabilities, ['formatting']);
    assert.deepEqual(capabilities, { hoverProvider: true });
});

test('every feature has a setting, and nothing else has', () => {
    const { contributes } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const names = contributes.configuration.flatMap(({ properties }: { properties: object }) =>
        Object.keys(properties),
    );
    const features = names.filter((name: string) => name.startsWith('lightship.features.'));
    assert.deepEqual(
        features,
        Object.keys(FEATURES).map((feature) => `lightship.features.${feature}`),
    );
    assert.ok(
        Object.values(PEERS)
            .flat()
            .every((feature) => feature in FEATURES),
    );
});
