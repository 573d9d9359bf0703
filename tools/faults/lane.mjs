// @ts-check
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Fault } from './registry.mjs' */
/** @import { Answer, Request } from './runner.mjs' */

/**
 * @typedef {object} Verdict
 * @property {Fault} fault
 * @property {string | undefined} survived why the fault does not count as found; undefined when it was found
 */

const RUNNER = fileURLToPath(new URL('runner.mjs', import.meta.url));

// All tests of a package at once, on a machine that does other things as well.
const UNEDITED_PATIENCE_MS = 1_200_000;
// Past it, and past thrice what all tests took without an edit, the edit has made a loop endless.
const LEAST_PATIENCE_MS = 120_000;

/**
 * Tries faults one after the other in one scratch copy, with one test process for the package at hand.
 *
 * @param {string} scratch
 * @param {readonly Fault[]} faults every fault of the campaign
 */
export function openLane(scratch, faults) {
  /** @type {{ folder: string, process: ChildProcess, unedited: Answer, patience: number } | undefined} */
  let runner;
  /** @type {ChildProcess | undefined} there before what it answers without an edit is */
  let started;
  /** @type {Set<string>} */
  const edited = new Set();

  /** @param {string} folder */
  const runnerOf = async (folder) => {
    if (runner?.folder === folder) return runner;
    close();
    const child = startRunner(join(scratch, folder));
    started = child;
    await nextMessage(child, LEAST_PATIENCE_MS);
    const tests = faults.flatMap(({ killedBy }) => killedBy.filter((killer) => killer.package === folder));
    const began = performance.now();
    const request = { edited: [], tests: [...new Set(tests.map(({ test }) => test))] };
    const unedited = await ask(child, request, UNEDITED_PATIENCE_MS);
    const patience = Math.max(LEAST_PATIENCE_MS, 3 * (performance.now() - began));
    runner = { folder, process: child, unedited, patience };
    return runner;
  };

  const close = () => {
    started?.kill('SIGKILL');
    started = undefined;
    runner = undefined;
    edited.clear();
  };

  /**
   * @param {Fault} fault
   * @param {string} folder
   * @param {readonly string[]} tests
   */
  const survivesIn = async (fault, folder, tests) => {
    const { process: child, unedited, patience } = await runnerOf(folder);
    for (const test of tests) {
      const before = matching(unedited, test);
      if (before.length === 0) return `no test "${test}" in ${folder}${errorsOf(unedited)}`;
      if (before.some(({ passed }) => !passed)) return `"${test}" fails without the edit`;
    }
    const file = join(scratch, fault.file);
    const original = readFileSync(file, 'utf8');
    writeFileSync(file, original.split(fault.find).join(fault.replace));
    edited.add(file);
    try {
      const answer = await ask(child, { edited: [...edited], tests: [...tests] }, patience);
      return survival(answer, tests);
    } catch (error) {
      close();
      return /** @type {Error} */ (error).message;
    } finally {
      writeFileSync(file, original);
    }
  };

  return {
    /**
     * @param {Fault} fault
     * @returns {Promise<Verdict>}
     */
    async try(fault) {
      for (const folder of new Set(fault.killedBy.map((killer) => killer.package))) {
        const killers = fault.killedBy.filter((killer) => killer.package === folder);
        const survived = await survivesIn(
          fault,
          folder,
          killers.map(({ test }) => test),
        );
        if (survived !== undefined) return { fault, survived };
      }
      return { fault, survived: undefined };
    },
    close,
  };
}

/**
 * Every named test must fail; code that does not load fails none.
 *
 * @param {Answer} answer
 * @param {readonly string[]} tests
 */
function survival(answer, tests) {
  for (const test of tests) {
    const ran = matching(answer, test);
    if (ran.length === 0) return `the edit keeps "${test}" from running${errorsOf(answer)}`;
    if (ran.every(({ passed }) => passed)) return `"${test}" still passes`;
  }
  return undefined;
}

/**
 * The test of exactly this name, or else those whose names begin with it.
 *
 * @param {Answer} answer
 * @param {string} test
 */
function matching({ ran }, test) {
  const exact = ran.filter(({ name }) => name === test);
  return exact.length > 0 ? exact : ran.filter(({ name }) => name.startsWith(test));
}

/** @param {Answer} answer */
function errorsOf({ errors }) {
  return errors.length === 0 ? '' : ` (${errors.join('; ')})`;
}

/**
 * @param {string} folder
 * @returns {ChildProcess}
 */
function startRunner(folder) {
  // The seed of the property tests is fixed, so that a fault is found each time or never.
  const env = { ...process.env, CI: '1', NO_COLOR: '1' };
  return fork(RUNNER, [folder], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/**
 * @param {ChildProcess} child
 * @param {Request} request
 * @param {number} patience milliseconds
 * @returns {Promise<Answer>}
 */
function ask(child, request, patience) {
  child.send(request);
  return nextMessage(child, patience);
}

/**
 * @param {ChildProcess} child
 * @param {number} patience milliseconds
 * @returns {Promise<any>}
 */
function nextMessage(child, patience) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new Error('the tests did not end'))), patience);
    /** @param {() => void} settle */
    const end = (settle) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      settle();
    };
    /** @param {unknown} message */
    const onMessage = (message) => end(() => resolve(message));
    const onExit = () => end(() => reject(new Error('the test process ended')));
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
