import { formatHex, formatReference } from '@amduat/asl-core';
import type { LogState, RecordBody, ReplayStep } from '@amduat/asl-log';
import type { TraceStep } from '@amduat/asl-store';
import type { z } from 'zod';
import type { Run } from './command.js';
import { stepResult } from './schemas.js';

type StepLine = z.infer<typeof stepResult>;

/** Prints the steps of a replay, one result each. */
export async function printSteps(run: Run, steps: AsyncIterable<TraceStep>): Promise<void> {
  for await (const step of steps) {
    if (run.surroundings.signal.aborted) break;
    const line = describeStep(step);
    run.output.result(stepResult, line, textOf(line));
  }
}

function describeStep(step: TraceStep): StepLine {
  switch (step.kind) {
    case 'passed-over': {
      const { logseq, snapshotLogseq, manifestHash } = step.anchor;
      return {
        step: 'passed-over',
        anchor: logseq.toString(),
        position: snapshotLogseq.toString(),
        manifest: formatHex(manifestHash),
        code: step.error?.code ?? null,
      };
    }
    case 'start':
      return {
        step: 'start',
        ...describePosition(step.state),
        anchor: step.anchor
          ? { logseq: step.anchor.logseq.toString(), manifest: formatHex(step.anchor.manifestHash) }
          : null,
        segments: step.state.seals.map(({ logseq, segmentId }) => ({
          logseq: logseq.toString(),
          segmentId: formatHex(segmentId),
        })),
        policyRows: step.state.policy.size,
      };
    case 'record':
      return {
        step: 'record',
        logseq: step.record.logseq.toString(),
        type: step.body?.type ?? `unknown-${step.record.type}`,
        effect: effectOf(step),
      };
    case 'end': {
      const { seals, policy } = step.state;
      return {
        step: 'end',
        ...describePosition(step.state),
        segments: seals.length,
        policyRows: policy.size,
      };
    }
  }
}

function describePosition({ indexState }: LogState): { position: string; snapshotId: string } {
  return { position: indexState.position.toString(), snapshotId: formatHex(indexState.snapshotId) };
}

/** What a record does to the state. */
function effectOf({ body }: Pick<ReplayStep, 'body'>): string {
  return body === undefined ? 'skipped' : effectOfBody(body);
}

function effectOfBody(body: RecordBody): string {
  switch (body.type) {
    case 'segment-seal':
      return `seals ${body.segmentIds.map(formatHex).join(', ')}`;
    case 'tombstone':
      return `makes ${formatReference(body.key)} inadmissible, reason ${body.reason}`;
    case 'tombstone-lift':
      return `lifts the tombstone of ${body.tombstone}`;
    case 'snapshot-anchor':
      return `anchors position ${body.snapshotLogseq}`;
    case 'artifact-publish':
      return `publishes ${counted(body.keys.length, 'key')}`;
    case 'artifact-unpublish':
      return `withdraws ${counted(body.keys.length, 'key')}`;
    case 'authority-rotate':
      return `hands the signing of heads to ${formatHex(body.newKey)}`;
  }
}

function textOf(line: StepLine): string {
  switch (line.step) {
    case 'passed-over': {
      const why = line.code === null ? 'its manifest or policy table is lost' : `it is false, ${line.code}`;
      return `passed over\t${line.anchor}\tanchors position ${line.position}, manifest ${line.manifest}: ${why}`;
    }
    case 'start': {
      const from =
        line.anchor === null
          ? 'with nothing below'
          : `anchored at ${line.anchor.logseq}, manifest ${line.anchor.manifest}`;
      const segments = line.segments.map(
        ({ logseq, segmentId }) => `segment\t${logseq}\t${logseq === '0' ? 'merged' : 'sealed'} ${segmentId}`,
      );
      return [`start\t${line.position}\t${from}`, ...segments].join('\n');
    }
    case 'record':
      return `record\t${line.logseq}\t${line.type}: ${line.effect}`;
    case 'end': {
      const holds = `${counted(line.segments, 'segment')}, ${counted(line.policyRows, 'policy row')}`;
      return `end\t${line.position}\tSnapshotID ${line.snapshotId}: ${holds}`;
    }
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
