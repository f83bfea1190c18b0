/**
 * Labels in the message list and the verdict of an open message. Everything is set as text: it comes from mail.
 *
 * @licstart GNU GPLv3+ @licend
 */
(function () {
  'use strict';

  var names = {};

  /** Return the labels of keywords, which Roundcube hands out in lower case and without the dollar sign. */
  function labelsOf(keywords) {
    return rcmail.env.glassdome_labels.filter(function (label) {
      return keywords.indexOf(names[label.name]) >= 0;
    });
  }

  /** Put the labels before the subject of a row. */
  function mark(row, keywords) {
    var link = row && row.querySelector('td.subject a');
    if (!link) return;
    row.querySelectorAll('.glassdome-label').forEach(function (old) { old.remove(); });
    labelsOf(keywords).forEach(function (label) {
      var made = document.createElement('span');
      made.className = 'glassdome-label';
      made.textContent = label.title;
      made.title = label.name;
      made.style.backgroundColor = label.colour;
      link.parentNode.insertBefore(made, link);
    });
  }

  function element(kind, text, parent) {
    var made = document.createElement(kind);
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function button(label, to, parent) {
    var made = element('button', rcmail.gettext(label, 'glassdome'), parent);
    made.type = 'button';
    made.className = 'btn btn-secondary btn-sm';
    made.addEventListener('click', function () {
      parent.querySelectorAll('button').forEach(function (each) { each.disabled = true; });
      ask('correct', {_label: to});
    });
  }

  /** Show the verdict. */
  function show(verdict) {
    var place = document.getElementById('glassdome');
    if (!place) return;
    place.textContent = '';
    place.className = verdict.error ? '' : verdict.label;
    if (verdict.error) {
      element('p', verdict.error, place);
      return;
    }
    element('strong', verdict.title, place);
    if (verdict.attention) element('span', ' · ' + verdict.attention, place);
    if (verdict.summary) element('p', verdict.summary, place);
    if (verdict.reasons.length) {
      var list = element('ul', '', place);
      list.setAttribute('aria-label', rcmail.gettext('why', 'glassdome'));
      verdict.reasons.forEach(function (reason) {
        var item = element('li', reason.why + ' ', list);
        if (reason.quote) element('q', reason.quote, item);
      });
    }
    if (verdict.ham && verdict.label !== 'ham') button('notspam', 'ham', place);
    if (verdict.phish) button('report', 'phish', place);
  }

  function ask(action, more) {
    var what = Object.assign({_uid: rcmail.env.uid, _mbox: rcmail.env.mailbox}, more);
    rcmail.http_post('plugin.glassdome.' + action, what);
  }

  if (!window.rcmail || !rcmail.env.glassdome_labels) return;
  rcmail.env.glassdome_labels.forEach(function (label) { names[label.name] = label.name.replace('$', '').toLowerCase(); });
  rcmail.addEventListener('insertrow', function (event) {
    var known = rcmail.env.messages && rcmail.env.messages[event.uid];
    if (known && known.flags && known.flags.glassdome) mark(event.row.obj, known.flags.glassdome);
  });
  // Glassdome marks a message moments after it arrived: Roundcube's own refresh brings the new flags.
  ['refresh', 'check-recent'].forEach(function (action) {
    rcmail.addEventListener('responsebefore' + action, function (event) {
      var flags = (event.response.env || {}).recent_flags || {};
      Object.keys(flags).forEach(function (uid) {
        var row = rcmail.message_list && rcmail.message_list.rows[uid];
        if (row) mark(row.obj, Object.keys(flags[uid]).filter(function (name) { return flags[uid][name]; }));
      });
    });
  });
  rcmail.addEventListener('plugin.glassdome.verdict', show);
  rcmail.addEventListener('init', function () {
    if (document.getElementById('glassdome')) ask('verdict', {});
  });
})();
