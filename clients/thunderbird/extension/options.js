/**
 * Address, mailbox and key. The stored key itself is never shown.
 *
 * @licstart GNU GPLv3+ @licend
 */

import {ask, hostOf, say, serviceOf, settings, translate} from './service.js';

const field = name => document.getElementById(name);

function tell(name) {
  field('said').textContent = say(name);
}

async function fill() {
  const {url, mailbox, key} = await settings();
  field('url').value = url;
  field('mailbox').value = mailbox;
  field('key').value = '';
  field('hint').textContent = say(key ? 'keystored' : 'keyhint');
  field('forget').hidden = !key;
}

/** Give up the permission for every other host. */
async function keepOnly(host) {
  const {origins = []} = await messenger.permissions.getAll();
  const others = origins.filter(origin => origin !== host);
  if (others.length) await messenger.permissions.remove({origins: others});
}

async function store(url, allowed) {
  if (!await allowed) {
    tell('blocked');
    return;
  }
  const key = field('key').value.trim();
  const mailbox = field('mailbox').value.trim();
  await messenger.storage.local.set({url, mailbox, ...(key && {key})});
  await keepOnly(hostOf(url));
  await fill();
  const answer = await ask('GET', 'get/llm/analysis', {query: {mailbox, limit: 1}});
  tell(answer.error || 'saved');
}

function save(event) {
  event.preventDefault();
  const url = serviceOf(field('url').value);
  const key = field('key').value.trim();
  if (!url) tell('badurl');
  else if (key && !/^[\x21-\x7e]+$/.test(key)) tell('badkey');
  // Thunderbird asks its question only while it handles the click: nothing is awaited before.
  else store(url, messenger.permissions.request({origins: [hostOf(url)]})).catch(() => tell('failed'));
}

async function forget() {
  await messenger.storage.local.remove('key');
  await fill();
  tell('forgotten');
}

translate();
field('form').addEventListener('submit', save);
field('forget').addEventListener('click', forget);
fill();
