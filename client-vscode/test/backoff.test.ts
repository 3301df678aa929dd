import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff, DELAYS, WELL } from '../src/backoff.ts';

test('waits longer after each crash, and then gives up', () => {
    const backoff = new Backoff();
    const delays = [...DELAYS, undefined].map(() => {
        backoff.started(1);
        return backoff.crashed(2);
    });
    assert.deepEqual(delays, [...DELAYS, undefined]);
    assert.ok(DELAYS.every((delay, i) => i === 0 || delay > (DELAYS[i - 1] ?? 0)));
});

test('a server that was well for long starts with a clean slate', () => {
    const backoff = new Backoff();
    backoff.started(1);
    backoff.crashed(2);
    backoff.started(1_000);
    assert.equal(backoff.crashed(1_000 + WELL), DELAYS[0]);
});

test('one that does not even start is not well, however long that takes', () => {
    const backoff = new Backoff();
    backoff.crashed(1);
    assert.equal(backoff.crashed(1 + 2 * WELL), DELAYS[1]);
});

test('who restarts it by hand forgives it', () => {
    const backoff = new Backoff();
    backoff.crashed(1);
    backoff.forgive();
    assert.equal(backoff.crashes, 0);
    assert.equal(backoff.crashed(2), DELAYS[0]);
});
