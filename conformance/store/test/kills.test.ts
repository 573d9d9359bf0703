import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KillPlan, PHASES, type Phase } from './kills/child.js';
import { type Findings, Victim } from './kills/victim.js';
import { type Random, startRandom } from './random.js';

/** What has to be reached, everywhere. */
const FLOORS = {
  kills: 200,
  inFlight: { B: 30, S: 30, L: 30 } as Readonly<Partial<Record<Phase, number>>>,
  acknowledged: 10_000,
};
/** A machine that does not reach the floors in this many kills does not reach them. */
const KILLS_MAX = 1_200;
const LANES = 2;
const FILES_OF_A_STORE = 1_200;
const KILLS_OF_A_STORE = 16;

const NAMES: Readonly<Record<Phase, string>> = {
  W: 'a claim',
  B: 'a block',
  S: 'a segment',
  L: 'the log',
  D: 'a merged segment',
};

class Tally {
  readonly inFlight = new Map<Phase, number>();
  readonly lost: string[] = [];
  rounds = 0;
  kills = 0;
  tornTails = 0;
  stores = 0;
  acknowledged = 0;
  checked = 0;
  open = 0;
  openThere = 0;

  isReached(): boolean {
    const hasPhases = Object.entries(FLOORS.inFlight).every(
      ([phase, floor]) => (this.inFlight.get(phase as Phase) ?? 0) >= floor,
    );
    return hasPhases && this.kills >= FLOORS.kills && this.acknowledged >= FLOORS.acknowledged;
  }

  add({ lost, checkedCount, openCount, openThereCount }: Findings): void {
    this.lost.push(...lost);
    this.checked += checkedCount;
    this.open += openCount;
    this.openThere += openThereCount;
  }

  report(): string {
    const phases = PHASES.map((phase) => `${NAMES[phase]} ${this.inFlight.get(phase) ?? 0}`);
    return [
      `${this.kills} kills of writers of ${this.stores} stores; in flight: ${phases.join(', ')}`,
      `${this.acknowledged} artifacts acknowledged, ${this.checked} reads of them, ${this.lost.length} lost`,
      `${this.open} put and not acknowledged, ${this.openThere} of them there, each whole`,
      `${this.tornTails} torn tails`,
    ].join('\n');
  }
}

/** Mostly as a block, a segment or a frame is being written; sometimes elsewhere, or at any time. */
function planOf(random: Random): KillPlan {
  const choice = random.below(20);
  if (choice === 0) return { afterMs: 80 + random.below(600) };
  if (choice === 1) return { phase: 'W', number: 1 };
  if (choice === 2) return { phase: 'D', number: 1 + random.below(3) };
  const phase = (['B', 'S', 'L'] as const)[choice % 3] as Phase;
  return { phase, number: 2 + random.below(phase === 'B' ? 22 : 7) };
}

async function runLane(lane: number, tally: Tally): Promise<void> {
  const random = startRandom(lane + 1);
  while (!tally.isReached() && tally.rounds < KILLS_MAX) {
    const folder = await mkdtemp(join(tmpdir(), 'amduat-kills-'));
    await killWritersOf(await Victim.make(folder, FILES_OF_A_STORE, random), random, tally);
    await rm(folder, { recursive: true });
  }
}

async function killWritersOf(victim: Victim, random: Random, tally: Tally): Promise<void> {
  tally.stores++;
  for (let kills = 0; !victim.isExhausted && kills < KILLS_OF_A_STORE; kills++) {
    const before = victim.acknowledged.size;
    const ended = await victim.ingest(planOf(random));
    tally.acknowledged += victim.acknowledged.size - before;
    tally.rounds++;
    if (ended.killed) tally.kills++;
    for (const phase of ended.inFlight) tally.inFlight.set(phase, (tally.inFlight.get(phase) ?? 0) + 1);
    if ((await victim.verify()) !== null) tally.tornTails++;
    tally.add(await victim.check(ended, random));
  }
  tally.add(await victim.checkAll());
}

describe('[STO-DUR-1] [STO-DUR-2] [STO-DUR-3] [STO-DUR-4] [STO-EPO-9] writers that are killed', () => {
  it('lose nothing that was acknowledged, and leave a store that is sound and can be written', async () => {
    const tally = new Tally();
    await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane, tally)));
    console.log(tally.report());
    expect(tally.lost).toEqual([]);
    expect(tally.isReached()).toBe(true);
  }, 900_000);
});
