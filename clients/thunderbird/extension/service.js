/**
 * Asks Glassdome's REST API with the owner's own key, and finds the analysis of the open message.
 *
 * @licstart GNU GPLv3+ @licend
 */

const SECONDS = 5;

/** Return a word or sentence in the language of Thunderbird. */
export function say(name) {
  return messenger.i18n.getMessage(name);
}

/** Put the words of a page into its elements. */
export function translate() {
  document.documentElement.lang = messenger.i18n.getUILanguage();
  document.querySelectorAll('[data-say]').forEach(place => { place.textContent = say(place.dataset.say); });
}

/** Return `{url, mailbox, key}` as the options page stored them, each may be empty. */
export function settings() {
  return messenger.storage.local.get({url: '', mailbox: '', key: ''});
}

/** Return an address without its last slashes, or an empty string where the key must not be sent to it. */
export function serviceOf(text) {
  const url = URL.parse(text.trim());
  const local = url && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (!url || url.username || url.password || url.search || url.hash) return '';
  return url.protocol === 'https:' || (local && url.protocol === 'http:') ? url.href.replace(/\/+$/, '') : '';
}

/** Return the host permission that an address needs; it names no port. */
export function hostOf(service) {
  const url = new URL(service);
  return `${url.protocol}//${url.hostname}/*`;
}

/** Ask Glassdome; return its JSON, or `{error}` with the name of one of our sentences. */
export async function ask(method, route, {query = {}, body} = {}) {
  const {url, key} = await settings();
  if (!url || !key) return {error: 'setup'};
  if (!await messenger.permissions.contains({origins: [hostOf(url)]})) return {error: 'blocked'};
  const headers = {'X-API-Key': key, ...(body && {'Content-Type': 'application/json'})};
  let response;
  try {
    // A redirect could send the key to another server.
    response = await fetch(`${url}/api/v1/${route}?${new URLSearchParams(query)}`, {
      method, headers, body: body && JSON.stringify(body), redirect: 'error', credentials: 'omit', cache: 'no-store',
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
  } catch {
    return {error: 'unreachable'};
  }
  const answer = await response.json().catch(() => null);
  return response.ok && answer && typeof answer === 'object' ? answer : {error: errorOf(response.status, method)};
}

/** Return the analysis of a message, or `{error}`. */
export async function find(message) {
  const {mailbox} = await settings();
  // Thunderbird tells add-ons no UID. A message from a file or an attachment is in no mailbox.
  if (message.external || !message.headerMessageId) return {error: 'missing'};
  const query = {mailbox, email_id: `<${message.headerMessageId}>`};
  const found = await ask('GET', 'get/llm/analysis', {query});
  if (found.error) return found;
  // Anybody can reuse a Message-ID, so subject and sender must be the same too.
  if (!await isSame(found, message)) return {error: 'missing'};
  return contradicts(found, message) ? {error: 'unclear'} : found;
}

/** Store the owner's correction of an analysis; return Glassdome's answer, or `{error}`. */
export async function correct(found, label) {
  const {mailbox} = await settings();
  const place = `${encodeURIComponent(found.folder)};UIDVALIDITY=${found.uid_validity};UID=${found.email_id}`;
  return ask('POST', 'add/llm/feedback', {body: {mailbox, email_id: place, label}});
}

function errorOf(status, method) {
  if (status === 401) return 'refused';
  // A key that may see the mailbox, and is refused when it writes, may only read.
  if (status === 403) return method === 'POST' ? 'readonly' : 'uncovered';
  return status === 404 ? 'missing' : 'failed';
}

async function isSame(found, message) {
  const parsed = await messenger.messengerUtilities.parseMailboxString(message.author);
  const sender = (parsed[0]?.email || '').toLowerCase();
  const from = String(found.from).toLowerCase();
  return plain(found.subject) === plain(message.subject)
    && sender !== '' && (from === sender || from.endsWith(`<${sender}>`));
}

/** Thunderbird takes "Re:" off subjects. */
function plain(subject) {
  return String(subject || '').replace(/\s+/g, ' ').trim().replace(/^((re|aw)(\[\d+\])?: ?)+/i, '');
}

/** Tell where the message is marked as phishing and the analysis, of another with the same Message-ID, is not. */
function contradicts(found, message) {
  return message.tags.includes('$phishing') && found.label !== 'phish';
}
