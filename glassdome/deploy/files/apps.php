// A link in mailcow's Apps, for all who see its menu; `glassdome mailcow install --no-link` takes it out.
$MAILCOW_APPS[] = array('name' => 'Glassdome', 'link' => '/llm/', 'user_link' => '/llm/', 'hide' => false);
