// @ts-check
import { formatHex, formatReference, isAslError, parseHex } from '@amduat/asl-core';
import { parseKey } from '@amduat/asl-log';
import { checkProof, claimsOf } from '@amduat/asl-proof';

/** @import { Claim, ProofReport, ProvenEntry } from '@amduat/asl-proof' */

/** @typedef {{ name: string, bytes: Uint8Array }} ProofFile */

const KEY_FORM = 'This is no key: 64 hexadecimal digits, or name+id+base64. Nothing was checked.';

const keyField = /** @type {HTMLInputElement} */ (byId('key'));
const keyProblem = byId('key-problem');
const fileField = /** @type {HTMLInputElement} */ (byId('file'));
const drop = byId('drop');
const result = byId('result');

/** @type {ProofFile | undefined} */
let current;
/** Counts the files that were given: the last one is the one that is shown, however long each takes to read. */
let given = 0;
/** @type {string | undefined} */
let downloadUrl;

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element ${id}`);
  return element;
}

/**
 * Text is only ever set as text: a proof can say what it wants.
 *
 * @param {string} tag
 * @param {string} text
 * @param {Readonly<Record<string, string>>} [attributes]
 */
function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
function readKey(text) {
  const hex = /^[0-9a-f]{64}$/i.test(text) ? parseHex(text.toLowerCase()) : undefined;
  return hex ?? parseKey(text).key;
}

/** @param {File} file */
async function take(file) {
  given += 1;
  const own = given;
  const bytes = await file.arrayBuffer().catch(() => undefined);
  if (own !== given) return;
  releaseDownload();
  current = bytes && { name: file.name, bytes: new Uint8Array(bytes) };
  if (current === undefined) {
    return show('unread', [element('p', `${file.name} cannot be read.`, { class: 'problem' })]);
  }
  check();
}

/** Checks the file there is, with the key there is. */
function check() {
  releaseDownload();
  const text = keyField.value.trim();
  /** @type {Uint8Array | undefined} */
  let key;
  try {
    key = text === '' ? undefined : readKey(text);
  } catch (error) {
    if (!isAslError(error)) throw error;
    tellOfKey(KEY_FORM);
    return show('unchecked', []);
  }
  tellOfKey('');
  if (current === undefined) return;
  const report = checkProof(current.bytes, key === undefined ? {} : { key });
  if (report.proven === undefined) show('refused', refusalOf(current, report));
  else show('holds', proofOf(current, report.proven));
}

/** @param {string} problem */
function tellOfKey(problem) {
  keyProblem.textContent = problem;
  keyField.setAttribute('aria-invalid', String(problem !== ''));
}

/**
 * @param {'holds' | 'refused' | 'unread' | 'unchecked'} outcome
 * @param {readonly Element[]} content
 */
function show(outcome, content) {
  result.dataset.outcome = outcome;
  result.replaceChildren(...content);
}

function releaseDownload() {
  if (downloadUrl !== undefined) URL.revokeObjectURL(downloadUrl);
  downloadUrl = undefined;
}

/**
 * @param {ProofFile} file
 * @param {Extract<ProofReport, { link: string }>} report
 */
function refusalOf({ name }, { link, error }) {
  return [
    element('h2', `${name} does not hold`, { class: 'bad' }),
    listOf([
      ['Broken link', link, 'link'],
      ['Code', error.code, 'code'],
      ['Message', error.message, 'message'],
    ]),
  ];
}

/**
 * @param {ProofFile} file
 * @param {ProvenEntry} proven
 */
function proofOf(file, proven) {
  const claims = claimsOf(proven);
  return [
    element('h2', `${file.name} holds`, { class: 'good' }),
    listOf([
      ['Artifact', formatReference(proven.reference), 'reference'],
      ['Domain', `“${proven.genesis.name}”, ${formatHex(proven.domainId)}`, 'domain'],
      ['Key of its authority', formatHex(proven.genesis.authorityKey), 'authority-key'],
    ]),
    ...downloadOf(file, proven.bytes),
    ...claimList('Verified', claims, true),
    ...claimList('Not verified', claims, false),
  ];
}

/** @param {readonly (readonly [string, string, string])[]} rows title, text and id */
function listOf(rows) {
  const list = document.createElement('dl');
  list.append(...rows.flatMap(([title, text, id]) => [element('dt', title), element('dd', text, { id })]));
  return list;
}

/**
 * @param {string} title
 * @param {readonly Claim[]} claims
 * @param {boolean} verified
 */
function claimList(title, claims, verified) {
  const id = verified ? 'verified' : 'not-verified';
  const list = element('ul', '', { 'aria-labelledby': id });
  for (const claim of claims) {
    if (claim.verified === verified) list.append(element('li', claim.text, { 'data-claim': claim.id }));
  }
  return [element('h3', title, { id }), list];
}

/**
 * @param {ProofFile} file
 * @param {Uint8Array | undefined} bytes
 */
function downloadOf({ name }, bytes) {
  if (bytes === undefined) return [element('p', 'The bytes are not in the file.')];
  // Whatever they are, a browser is to store them and not to open them.
  const blob = new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' });
  downloadUrl = URL.createObjectURL(blob);
  const download = name.endsWith('.proof') ? name.slice(0, -'.proof'.length) : `${name}.bytes`;
  const paragraph = document.createElement('p');
  const text = `Save the ${bytes.length} proven bytes`;
  paragraph.append(element('a', text, { id: 'download', href: downloadUrl, download }));
  return [paragraph];
}

byId('form').addEventListener('submit', (event) => event.preventDefault());
keyField.addEventListener('input', check);
fileField.addEventListener('change', () => {
  const [file] = fileField.files ?? [];
  if (file !== undefined) void take(file);
});
// Anywhere: a browser opens a file that misses the zone, and the page is gone.
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  const [file] = event.dataTransfer?.files ?? [];
  if (file !== undefined) void take(file);
});
