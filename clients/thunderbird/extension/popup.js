/**
 * Verdict of the open message. Everything is set as text: it comes from mail.
 *
 * @licstart GNU GPLv3+ @licend
 */

import {correct, find, say, translate} from './service.js';

const LABELS = ['ham', 'spam', 'phish'];
const UNREADABLE = ['encrypted', 'damaged', 'empty'];
const place = document.getElementById('glassdome');

function element(kind, text, parent) {
  const made = document.createElement(kind);
  made.textContent = text;
  parent.appendChild(made);
  return made;
}

function button(name, press) {
  element('button', say(name), place).addEventListener('click', () => {
    place.querySelectorAll('button').forEach(each => { each.disabled = true; });
    press();
  });
}

function titleOf(found) {
  if (LABELS.includes(found.correction)) return `${say('corrected')}: ${say(found.correction)}`;
  if (LABELS.includes(found.label)) return say(found.label);
  if (UNREADABLE.includes(found.readable)) return say(found.readable);
  return say(found.language_covered === false ? 'foreign' : 'unknown');
}

function showReasons(reasons) {
  if (!reasons.length) return;
  const list = element('ul', '', place);
  list.setAttribute('aria-label', say('why'));
  for (const reason of reasons.slice(0, 8)) {
    const item = element('li', `${reason.why} `, list);
    const quotes = (reason.evidence || []).slice(0, 3).map(evidence => evidence.quote);
    if (quotes.length) element('q', quotes.join(' · '), item);
  }
}

function showError(name) {
  element('p', say(name), place);
  if (!['setup', 'blocked', 'refused', 'uncovered', 'readonly'].includes(name)) return;
  button('open', () => { messenger.runtime.openOptionsPage().then(() => window.close()); });
}

/** Show the verdict, or one of our sentences. */
function show(found, message) {
  place.textContent = '';
  place.className = LABELS.includes(found.label) ? found.label : '';
  if (found.error) {
    showError(found.error);
    return;
  }
  element('strong', titleOf(found), place);
  if (found.attention_reason) element('span', ` · ${found.attention_reason}`, place);
  if (found.summary) element('p', found.summary, place);
  showReasons(found.phishing_reasons || []);
  const shown = found.correction || found.label;
  if (shown !== 'ham') button('notspam', () => pass(found, 'ham', message));
  if (shown !== 'phish') button('report', () => pass(found, 'phish', message));
}

/** Pass on the owner's correction, and show the verdict as it is then. */
async function pass(found, label, message) {
  const said = await correct(found, label);
  show(said.error ? said : await find(message), message);
}

async function open() {
  const [tab] = await messenger.tabs.query({active: true, currentWindow: true});
  const {messages} = await messenger.messageDisplay.getDisplayedMessages(tab.id);
  if (messages.length !== 1) show({error: 'one'});
  else show(await find(messages[0]), messages[0]);
}

translate();
open().catch(() => show({error: 'failed'}));
