import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileSystemStorage, openStore, type Storage } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './folders.js';
import { DEEDS, type Deed, type KillPlan, runScript } from './kills/child.js';
import { goOn, openDemo, type Told, WHOLE } from './kills/history.mjs';
import { type Random, startRandom } from './random.js';
import { isStore, objectsOf, uncutHistory } from './stops/runs.js';
import { type Expected, expectedOf, expectSame, expectSound, faultsIn } from './stops/said.js';

/** What has to be reached, everywhere. */
const FLOORS = { kills: 60, within: 20 };
/** A machine that does not reach the floors in this many runs does not reach them. */
const RUNS_MAX = 600;
const LANES = 2;

const NAMES: Readonly<Record<Deed, string>> = { N: 'a snapshot', C: 'a cut', I: 'an install' };
/** About how many operations there are within each deed. */
const OPERATIONS: Readonly<Record<Deed, number>> = { N: 9, C: 14, I: 26 };

const SCRIPT = fileURLToPath(new URL('kills/checkpoint.mjs', import.meta.url));
const NOTHING: Told = { position: 0n, base: 0n };

class Tally {
  readonly within = new Map<Deed, number>();
  runs = 0;
  kills = 0;
  tornTails = 0;
  stores = 0;

  add({ killed, inFlight }: { readonly killed: boolean; readonly inFlight: readonly string[] }): void {
    this.runs++;
    if (!killed) return;
    this.kills++;
    for (const deed of DEEDS)
      if (inFlight.includes(deed)) this.within.set(deed, (this.within.get(deed) ?? 0) + 1);
  }

  isReached(deed: Deed): boolean {
    return (this.within.get(deed) ?? 0) >= FLOORS.within;
  }

  isDone(): boolean {
    return this.kills >= FLOORS.kills && DEEDS.every((deed) => this.isReached(deed));
  }

  report(): string {
    const within = DEEDS.map((deed) => `${this.within.get(deed) ?? 0} in ${NAMES[deed]}`);
    return `${this.kills} kills of ${this.runs} processes, ${within.join(', ')}; ${this.stores} stores, ${this.tornTails} torn tails`;
  }
}

/** What the stores are held to. */
interface Held {
  readonly expected: Expected;
  readonly objects: ReadonlyMap<string, string>;
  /** A store with the whole history in it, cut. */
  readonly source: string;
}

async function hold(): Promise<Held> {
  const expected = await expectedOf(await openStore(await uncutHistory()));
  const source = join(temporaryFolder(), 'source');
  const storage = fileSystemStorage(source);
  await goOn(await openDemo(storage));
  return { expected, objects: await objectsOf(storage), source };
}

/** Within a deed in which not enough were killed yet, or sometimes at any time; never if there is none. */
function planOf(tally: Tally, deeds: readonly Deed[], random: Random): KillPlan {
  const open = deeds.filter((deed) => !tally.isReached(deed));
  const within = open[random.below(Math.max(1, open.length))];
  if (within === undefined) return { within: 'N', number: Number.POSITIVE_INFINITY };
  if (random.below(10) === 0) return { afterMs: 80 + random.below(500) };
  return { within, number: 1 + random.below(OPERATIONS[within]) };
}

/** Writes the history by one process after another, until one of them is not killed. */
async function write(held: Held, tally: Tally, random: Random): Promise<void> {
  const folder = join(temporaryFolder(), 'store');
  let told = NOTHING;
  for (let killed = true; killed; ) {
    const ended = await runScript(SCRIPT, [folder], planOf(tally, ['N', 'C'], random));
    tally.add(ended);
    killed = ended.killed;
    for (const { position, base } of ended.lines as { position: string; base: string }[])
      told = { position: BigInt(position), base: BigInt(base) };
    const storage = fileSystemStorage(folder);
    if (await isStore(storage)) {
      if ((await expectSound(storage)).isTorn) tally.tornTails++;
      await expectSame(await openStore(storage), told, held.expected);
    } else expect(told).toBe(NOTHING);
    if (!killed) expect(await objectsOf(storage)).toEqual(held.objects);
    storage.close();
  }
  expect(told).toEqual(WHOLE);
}

/** Installs the store in another folder, until a process was not killed or came to the end of it. */
async function install(held: Held, tally: Tally, random: Random): Promise<void> {
  const folder = join(temporaryFolder(), 'store');
  const storage: Storage = fileSystemStorage(folder);
  while (!(await isStore(storage))) {
    tally.add(await runScript(SCRIPT, [folder, held.source], planOf(tally, ['I'], random)));
  }
  expect(await expectSame(await openStore(storage), WHOLE, { ...held.expected, kept: [] })).toEqual(WHOLE);
  expect(await faultsIn(storage)).toEqual([]);
  storage.close();
}

async function runLane(lane: number, held: Held, tally: Tally): Promise<void> {
  const random = startRandom(lane + 101);
  while (!tally.isDone() && tally.runs < RUNS_MAX) {
    tally.stores++;
    if (!tally.isReached('I')) await install(held, tally, random);
    await write(held, tally, random);
  }
}

describe('[STO-DUR-2] [STO-SNP-2] [STO-CUT-1] [STO-INS-2] processes that are killed amid snapshots, cuts and installs', () => {
  it('lose nothing that was acknowledged, and leave stores in which others go on to the same end', async () => {
    const [held, tally] = [await hold(), new Tally()];
    await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane, held, tally)));
    console.log(tally.report());
    expect(tally.isDone()).toBe(true);
  });
});
