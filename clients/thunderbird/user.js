// Names and colours of Glassdome's marks. Append these lines to user.js in Thunderbird's profile and restart it.
user_pref("mailnews.tags.$phishing.tag", "Phishing");
user_pref("mailnews.tags.$phishing.color", "#B00020");
user_pref("mailnews.tags.glassdome-check.tag", "Check first");
user_pref("mailnews.tags.glassdome-check.color", "#B45309");
user_pref("mailnews.tags.glassdome-unreadable.tag", "Not judged");
user_pref("mailnews.tags.glassdome-unreadable.color", "#5F6368");
user_pref("mailnews.tags.glassdome-now.tag", "Now");
user_pref("mailnews.tags.glassdome-now.color", "#A21CAF");
user_pref("mailnews.tags.glassdome-answer.tag", "Answer");
user_pref("mailnews.tags.glassdome-answer.color", "#1D4ED8");
user_pref("mailnews.tags.glassdome-waiting.tag", "Waiting");
user_pref("mailnews.tags.glassdome-waiting.color", "#0F766E");
user_pref("mailnews.tags.glassdome-first-contact.tag", "First contact");
user_pref("mailnews.tags.glassdome-first-contact.color", "#6D4C41");
