import fc from 'fast-check';

// Outside CI the seed is drawn afresh; fast-check prints it with every failure.
const seed = process.env['AMDUAT_SEED'] ?? (process.env['CI'] === undefined ? undefined : '20');
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
