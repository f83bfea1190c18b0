<?php

/**
 * Shows Glassdome's keywords as labels in the message list, and its verdict above an open message.
 *
 * The browser asks Roundcube, and Roundcube asks Glassdome with the user's own key, which never leaves the server.
 *
 * @license GNU GPLv3+
 */
class glassdome extends rcube_plugin
{
    public $task = 'mail|settings';

    private $rc;

    /** Register hooks and actions. */
    public function init()
    {
        $this->rc = rcmail::get_instance();
        $this->load_config();
        $this->add_texts('localization/', true);
        if ($this->rc->task == 'mail') {
            $this->add_hook('messages_list', [$this, 'mark']);
            $this->add_hook('message_objects', [$this, 'add_place']);
            $this->register_action('plugin.glassdome.verdict', [$this, 'send_verdict']);
            $this->register_action('plugin.glassdome.correct', [$this, 'correct']);
            $this->include_script('glassdome.js');
            $this->include_stylesheet('glassdome.css');
            $this->rc->output->set_env('glassdome_labels', $this->labels());
        } else {
            $this->add_hook('preferences_sections_list', [$this, 'add_section']);
            $this->add_hook('preferences_list', [$this, 'show_preferences']);
            $this->add_hook('preferences_save', [$this, 'save_preferences']);
        }
    }

    /** Hand each row's keywords to the browser; Roundcube stores them in upper case and without the dollar sign. */
    public function mark($args)
    {
        foreach ((array) $args['messages'] as $header) {
            $set = array_keys(array_filter((array) $header->flags));
            $header->list_flags['extra_flags']['glassdome'] = array_map('strtolower', $set);
        }
        return $args;
    }

    /** Leave room for the verdict above the text of a message. */
    public function add_place($args)
    {
        if ($this->key() !== '' && $this->service() !== '') {
            $args['content'][] = html::div(['id' => 'glassdome', 'aria-live' => 'polite'], '');
        }
        return $args;
    }

    /** Answer the browser's question for the verdict on the open message. */
    public function send_verdict()
    {
        $this->answer($this->find());
    }

    /** Pass on the user's correction, and answer the verdict as it is then. */
    public function correct()
    {
        $label = rcube_utils::get_input_string('_label', rcube_utils::INPUT_POST);
        $found = $this->find();
        if (isset($found['email_id']) && in_array($label, ['ham', 'phish'], true)) {
            $body = ['mailbox' => $this->mailbox(), 'email_id' => self::name_of($found), 'label' => $label];
            $said = $this->ask('POST', 'add/llm/feedback', ['json' => $body]);
            $found = isset($said['error']) ? $said : $this->find();
        }
        $this->answer($found);
    }

    /** Add our section to the preferences. */
    public function add_section($args)
    {
        $args['list']['glassdome'] = ['id' => 'glassdome', 'section' => rcube::Q($this->gettext('glassdome'))];
        return $args;
    }

    /** Show the field of the key; the stored key itself is never shown. */
    public function show_preferences($args)
    {
        if ($args['section'] != 'glassdome') {
            return $args;
        }
        $field = new html_inputfield(['type' => 'password', 'name' => '_glassdome_key', 'id' => 'glassdome_key',
            'autocomplete' => 'off', 'maxlength' => 300]);
        $hint = $this->gettext($this->key() !== '' ? 'keystored' : 'keyhint');
        $options = ['key' => [
            'title' => html::label('glassdome_key', rcube::Q($this->gettext('key'))),
            'content' => $field->show() . html::div('hint', rcube::Q($hint)),
        ]];
        if ($this->key() !== '') {
            $box = new html_checkbox(['name' => '_glassdome_forget', 'id' => 'glassdome_forget', 'value' => 1]);
            $options['forget'] = [
                'title' => html::label('glassdome_forget', rcube::Q($this->gettext('forget'))), 'content' => $box->show(),
            ];
        }
        $args['blocks']['main'] = ['name' => rcube::Q($this->gettext('glassdome')), 'options' => $options];
        return $args;
    }

    /** Store the key, encrypted with Roundcube's des_key; an empty field keeps the one that is there. */
    public function save_preferences($args)
    {
        if ($args['section'] != 'glassdome') {
            return $args;
        }
        $key = trim(rcube_utils::get_input_string('_glassdome_key', rcube_utils::INPUT_POST, true));
        if (rcube_utils::get_input_string('_glassdome_forget', rcube_utils::INPUT_POST)) {
            $args['prefs']['glassdome_key'] = '';
        } elseif ($key !== '' && preg_match('/^[\x21-\x7e]{1,300}$/D', $key)) {
            $args['prefs']['glassdome_key'] = $this->rc->encrypt($key);
        }
        return $args;
    }

    /** The labels that Glassdome's keywords have in every mail program. */
    private function labels()
    {
        return json_decode(file_get_contents(__DIR__ . '/labels.json'), true);
    }

    private function service()
    {
        return rtrim((string) $this->rc->config->get('glassdome_url'), '/');
    }

    private function key()
    {
        // Only what the user stored: the session's configuration may come from a file.
        $stored = $this->rc->user->get_prefs()['glassdome_key'] ?? '';
        return $stored === '' ? '' : (string) $this->rc->decrypt($stored);
    }

    private function mailbox()
    {
        $login = (string) $this->rc->get_user_name();
        return strpos($login, '@') ? $login : (string) $this->rc->get_user_email();
    }

    /** Return the analysis of the message that the browser names, or an array with `error`. */
    private function find()
    {
        $uid = rcube_utils::get_input_string('_uid', rcube_utils::INPUT_POST);
        $folder = rcube_utils::get_input_string('_mbox', rcube_utils::INPUT_POST, true);
        $storage = $this->rc->get_storage();
        $header = preg_match('/^\d{1,10}$/D', $uid) ? $storage->get_message_headers($uid, $folder) : null;
        if (!$header) {
            return ['error' => 'missing'];
        }
        $place = ['folder' => rcube_charset::convert($folder, 'UTF7-IMAP'), 'email_id' => $uid,
            'uid_validity' => $storage->folder_data($folder)['UIDVALIDITY'] ?? 0];
        $found = $this->analysis(self::name_of($place));
        $id = (string) $header->messageID;
        if (($found['error'] ?? '') == 'missing' && $id !== '') {
            // The message was moved since. Anybody can reuse a Message-ID, so its subject must be the same too.
            $found = $this->analysis($id);
            if (!isset($found['error']) && !self::is_same($found, $header)) {
                return ['error' => 'missing'];
            }
        }
        return $found;
    }

    private static function is_same($found, $header)
    {
        $plain = function ($text) { return preg_replace('/\s+/u', ' ', trim((string) $text)); };
        $from = rcube_mime::decode_address_list($header->from, 1, true, $header->charset);
        $sender = strtolower((string) (reset($from)['mailto'] ?? ''));
        return $plain($found['subject'] ?? '') === $plain(rcube_mime::decode_header($header->subject, $header->charset))
            && $sender !== '' && strpos(strtolower((string) ($found['from'] ?? '')), $sender) !== false;
    }

    private static function name_of($place)
    {
        $folder = rawurlencode($place['folder']);
        return "$folder;UIDVALIDITY={$place['uid_validity']};UID={$place['email_id']}";
    }

    private function analysis($name)
    {
        return $this->ask('GET', 'get/llm/analysis', ['query' => ['mailbox' => $this->mailbox(), 'email_id' => $name]]);
    }

    /** Ask Glassdome; return its JSON, or `error` with one of our labels. */
    private function ask($method, $route, $options)
    {
        if (!class_exists('GuzzleHttp\Client') && stream_resolve_include_path('GuzzleHttp/autoload.php')) {
            include_once 'GuzzleHttp/autoload.php';
        }
        try {
            $client = $this->rc->get_http_client([
                'timeout' => $this->rc->config->get('glassdome_timeout', 5), 'allow_redirects' => false,
                'http_errors' => false, 'verify' => $this->rc->config->get('glassdome_ca', true),
                'headers' => ['X-API-Key' => $this->key()],
            ]);
            $response = $client->request($method, $this->service() . '/api/v1/' . $route, $options);
            $status = $response->getStatusCode();
            $answer = json_decode((string) $response->getBody(), true);
        } catch (Exception $e) {
            rcube::raise_error(['message' => 'Glassdome: ' . get_class($e)], true);
            return ['error' => 'failed'];
        }
        if ($status == 200 && is_array($answer)) {
            return $answer;
        }
        return ['error' => $status == 404 ? 'missing' : ($status == 401 || $status == 403 ? 'refused' : 'failed')];
    }

    /** Send what the browser shows and no more; it sets each as text. */
    private function answer($found)
    {
        $reasons = [];
        foreach (array_slice((array) ($found['phishing_reasons'] ?? []), 0, 8) as $reason) {
            $quotes = array_column((array) ($reason['evidence'] ?? []), 'quote');
            $reasons[] = ['why' => (string) $reason['why'], 'quote' => implode(' · ', array_slice($quotes, 0, 3))];
        }
        $label = $found['label'] ?? 'unknown';
        $said = (string) ($found['correction'] ?? '');
        $shown = $said ?: $label;
        $this->rc->output->command('plugin.glassdome.verdict', [
            'error' => isset($found['error']) ? $this->gettext($found['error']) : '',
            'label' => $label,
            'title' => $said ? $this->gettext('corrected') . ': ' . $this->gettext($said) : $this->gettext($label),
            'summary' => (string) ($found['summary'] ?? ''),
            'attention' => (string) ($found['attention_reason'] ?? ''),
            'reasons' => $reasons,
            'ham' => !isset($found['error']) && $shown != 'ham',
            'phish' => !isset($found['error']) && $shown != 'phish',
        ]);
        $this->rc->output->send();
    }
}
