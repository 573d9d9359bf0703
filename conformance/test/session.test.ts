import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startAdapter } from '../src/adapter-process.js';
import type { Asked, Conversation } from '../src/conversation.js';
import { type Reply, Session } from '../src/session.js';
import { temporaryFolder } from './commands.js';

const SCRIPT = fileURLToPath(new URL('scripted-adapter.mjs', import.meta.url));

const sessions: Session[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.stop();
});

/** A session with processes that do what their requests say. */
function scripted({ isolate = false, limits = {} as Record<string, number>, slow = 0.2 } = {}) {
  const cwd = temporaryFolder();
  let started = 0;
  const start = async (): Promise<Conversation> => {
    started++;
    return await startAdapter({
      command: [process.execPath, SCRIPT, JSON.stringify(limits)],
      cwd,
      env: {},
      otherFd: false,
      suite: 'x',
      slow,
    });
  };
  const session = new Session(start, { isolate });
  sessions.push(session);
  return { session, start, started: () => started };
}

/** Requests that name what the process is to do; without anything, it answers with how many it got before. */
function requests(...doings: string[]): Asked[] {
  return doings.map((name) => ({ op: 'do', in: { do: name }, length: 0 }));
}

function said(session: Session, asked: readonly Asked[]): string[] {
  return asked.map((one) => sayReply(session.replies.get(one)));
}

function sayReply(reply: Reply | undefined): string {
  if (reply === undefined) return 'nothing';
  if (reply === 'not-run') return reply;
  if ('answer' in reply) return Object.keys(reply.answer)[0] as string;
  const { broken, how } = reply.culprit;
  return how === undefined ? broken.kind : `${broken.kind} ${how}`;
}

describe('a session', () => {
  it('asks a group in its order, in one process', async () => {
    const { session, started } = scripted();
    const asked = requests('', '', '');
    await session.askGroup(asked);
    const counts = asked.map((one) => session.replies.get(one));
    expect(counts).toEqual([0, 1, 2].map((count) => ({ answer: { ok: { count } } })));
    expect(started()).toBe(1);
  });

  it('forgets between groups what the process remembers', async () => {
    const { session } = scripted();
    const [first, second] = [requests(''), requests('')];
    await session.askGroup(first);
    await session.askGroup(second);
    expect(second.map((one) => session.replies.get(one))).toEqual([{ answer: { ok: { count: 0 } } }]);
  });

  it.each([
    ['crash', 'crash'],
    ['hang', 'hang'],
    ['noise', 'protocol-error'],
    ['twice', 'protocol-error'],
    ['stranger', 'protocol-error'],
    ['die-after', 'crash'],
    ['hang-after', 'hang'],
    ['close-stdin-and-die', 'crash'],
  ])('finds who does %s, and asks all others', async (doing, kind) => {
    const { session } = scripted();
    const asked = requests('', '', doing, '', '');
    await session.askGroup(asked);
    await session.end();
    expect(said(session, asked)).toEqual(['ok', 'ok', kind, 'ok', 'ok']);
  });

  it('finds who does it last of all', async () => {
    const { session } = scripted();
    const asked = requests('', 'late-noise');
    await session.askGroup(asked);
    await session.end();
    expect(said(session, asked)).toEqual(['ok', 'protocol-error']);
  });

  it('finds the shortest run before one that does it only after another', async () => {
    const { session } = scripted();
    const asked = requests('', '', 'poison', '', 'crash-if-poisoned', '');
    await session.askGroup(asked);
    expect(said(session, asked)).toEqual(['ok', 'ok', 'ok', 'ok', 'crash stateful', 'ok']);
    const reply = session.replies.get(asked[4] as Asked) as { culprit: { after: readonly Asked[] } };
    expect(reply.culprit.after).toEqual([asked[2], asked[3]]);
  });

  it('does not blame it on one that would have done it as well', async () => {
    const { session } = scripted();
    const asked = requests('poison', 'crash-if-poisoned', '', 'crash');
    await session.askGroup(asked);
    expect(said(session, asked)).toEqual(['ok', 'crash stateful', 'ok', 'crash']);
  });

  it('finds it over the border of groups', async () => {
    const { session } = scripted();
    const [first, second] = [requests('', 'poison'), requests('', 'crash-if-poisoned')];
    await session.askGroup(first);
    await session.askGroup(second);
    expect([...said(session, first), ...said(session, second)]).toEqual(['ok', 'ok', 'ok', 'crash stateful']);
  });

  it('does not let go what happened once', async () => {
    const { session } = scripted();
    const asked = requests('', 'crash-once', '');
    await session.askGroup(asked);
    expect(said(session, asked)).toEqual(['ok', 'crash unrepeated', 'ok']);
  });

  it('leaves a group after five culprits, and not the next group', async () => {
    const { session } = scripted();
    const [bad, good] = [requests(...Array.from({ length: 7 }, () => 'crash')), requests('')];
    await session.askGroup(bad);
    await session.askGroup(good);
    expect(said(session, bad)).toEqual([...Array.from({ length: 5 }, () => 'crash'), 'not-run', 'not-run']);
    expect(said(session, good)).toEqual(['ok']);
  });

  it.each([
    ['together', false],
    ['each alone', true],
  ])('leaves all after fifty culprits, asked %s', async (_, isolate) => {
    const { session } = scripted({ isolate });
    const groups = Array.from({ length: 11 }, () => requests(...Array.from({ length: 5 }, () => 'crash')));
    for (const group of groups) await session.askGroup(group);
    const outcomes = groups.flatMap((group) => said(session, group));
    expect(outcomes.map((outcome) => outcome === 'crash')).toEqual(outcomes.map((_one, index) => index < 50));
    expect(outcomes.slice(50)).toEqual(['not-run', 'not-run', 'not-run', 'not-run', 'not-run']);
  });

  it('asks each in a process of its own where that is wanted', async () => {
    const { session, started } = scripted({ isolate: true });
    const asked = requests('', 'poison', 'crash-if-poisoned', '');
    await session.askGroup(asked);
    expect(said(session, asked)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(started()).toBe(4);
  });

  it('keeps the end of standard error', async () => {
    const { session } = scripted();
    const asked = requests('complain-and-crash');
    await session.askGroup(asked);
    const reply = session.replies.get(asked[0] as Asked) as { culprit: { broken: { stderr: string } } };
    expect(reply.culprit.broken.stderr).toMatch(/^x+the end\n$/);
    expect(reply.culprit.broken.stderr.length).toBe(2 ** 16);
  });
});

describe('a conversation', () => {
  it.each([
    ['window', { window: 3 }, 3],
    ['window with batches', { window: 3, batch: 2 }, 3],
    ['window of one', { window: 1, batch: 8 }, 1],
  ])('keeps to the %s', async (_, limits, most) => {
    const { start } = scripted({ limits });
    const conversation = await start();
    try {
      const asked = requests('', ...Array.from({ length: 20 }, () => 'waiting'));
      const { answers } = await conversation.ask(asked);
      const seen = [...answers.values()].map((answer) =>
        'ok' in answer ? Number(answer.ok['waiting'] ?? 0) : -1,
      );
      expect(seen).toHaveLength(21);
      expect(Math.max(...seen)).toBeLessThanOrEqual(most);
    } finally {
      await conversation.stop();
    }
  });

  it('sends as many at a time as it may', async () => {
    const { start } = scripted({ limits: { window: 5, batch: 2 } });
    const conversation = await start();
    try {
      const { answers, broken } = await conversation.ask(
        requests(...Array.from({ length: 12 }, () => 'after-four')),
      );
      expect(broken).toBeUndefined();
      expect(answers.size).toBe(12);
    } finally {
      await conversation.stop();
    }
  });

  it('puts no more into a line than it may, but one request', async () => {
    const { start } = scripted({ limits: { window: 64, batch: 64, line: 300 } });
    const conversation = await start();
    try {
      const asked = requests(
        'line-length',
        'line-length',
        'line-length',
        `line-length ${'x'.repeat(1000)}`,
        'line-length',
      );
      const { answers } = await conversation.ask(asked);
      const lengths = [...answers.values()].map((answer) =>
        'ok' in answer ? Number(answer.ok['length']) : -1,
      );
      expect(lengths.filter((length) => length > 300)).toHaveLength(1);
      expect(lengths.filter((length) => length > 100).length).toBeGreaterThan(1);
    } finally {
      await conversation.stop();
    }
  });

  it('gives a great request more time', async () => {
    const { start } = scripted({ slow: 0.2 });
    const conversation = await start();
    try {
      const slow = { op: 'do', in: { do: 'sleep 1900' }, length: 0 };
      expect((await conversation.ask([{ ...slow, length: 20 * 2 ** 20 }])).broken).toBeUndefined();
      expect((await conversation.ask([slow])).broken?.kind).toBe('hang');
    } finally {
      await conversation.stop();
    }
  });
});
