// Names and colours of Glassdome's labels in SOGo's mail. They are added to the open page and never to the stored preferences.
(function () {
  'use strict';
  var labels = {
@LABELS@
  };
  if (!window.angular) return;
  try { angular.module('SOGo.MailerUI'); } catch (absent) { return; }
  angular.module('SOGo.MailerUI').run(['Message', function (Message) {
    Object.keys(labels).forEach(function (name) {
      // SOGo writes $ as _$, and some of its versions lower-case what the server answers.
      [name, name.toLowerCase()].forEach(function (form) {
        var tag = form.replace(/^\$/, '_$');
        if (!Message.$tags[tag]) Message.$tags[tag] = labels[name];
      });
    });
  }]);
})();
