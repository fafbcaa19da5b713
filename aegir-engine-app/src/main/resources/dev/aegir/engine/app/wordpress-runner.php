<?php
// Loads WordPress, does one thing, and answers with JSON between marks that only the caller knows, on a descriptor of its own:
// what the site's code prints or returns is never taken for an answer. Reads JSON from standard input.
(static function () {
    $in = json_decode((string) stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
    $out = fopen('php://fd/3', 'wb');
    $root = $in['root'];
    $verb = $in['verb'];
    $arguments = $in['arguments'];
    $mark = $in['mark'];
    $done = false;

    $answer = static function (array $what) use ($out, $mark, &$done) {
        if (!$done) {
            $done = true;
            $json = json_encode($what, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR);
            fwrite($out, "\n$mark $json\n$mark.\n");
            fflush($out);
        }
    };
    $fail = static function (string $problem, string $message) use ($answer): never {
        $answer(['problem' => $problem, 'message' => $message]);
        exit(3);
    };

    $connect = static function (): mysqli|false {
        preg_match('~^(?<host>\[[^]]*]|[^:]*)(?::(?:(?<port>\d+)|(?<socket>/.*)))?$~D', DB_HOST, $where);
        return @mysqli_connect(
            trim($where['host'] ?? '', '[]'),
            DB_USER,
            DB_PASSWORD,
            DB_NAME,
            (int) ($where['port'] ?? 0),
            $where['socket'] ?? null
        );
    };

    // What ended before it came to an answer is asked why: without WordPress, which would ask its database for an hour.
    $explain = static function (string $said) use (&$done, $answer, $connect): void {
        if ($done) {
            return;
        }
        $fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
        $last = error_get_last();
        if ($last !== null && ($last['type'] & $fatal)) {
            $answer(['problem' => 'DIES', 'message' => "$last[message] ($last[file]:$last[line])"]);
            return;
        }
        $callers = array_column(debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS), 'function');
        if (defined('DB_HOST')) {
            mysqli_report(MYSQLI_REPORT_OFF);
            $database = $connect();
            if (!$database) {
                $answer(['problem' => 'DATABASE', 'message' => (string) mysqli_connect_error()]);
                return;
            }
            if (array_intersect($callers, ['dead_db', 'check_connection', 'bail'])) {
                $answer(['problem' => 'DATABASE', 'message' => $said]);
                return;
            }
            $tables = mysqli_query($database, "SHOW TABLES LIKE '" . ($GLOBALS['table_prefix'] ?? 'wp_') . "options'");
            if ($tables && mysqli_num_rows($tables) === 0) {
                $answer(['problem' => 'NOT_INSTALLED', 'message' => 'its database has no tables of WordPress']);
                return;
            }
        }
        $answer(['problem' => 'DIES', 'message' => $said !== '' ? $said : 'it ended before WordPress was ready']);
    };
    $GLOBALS['wp_filter']['wp_die_handler'][PHP_INT_MAX][] = [
        'accepted_args' => 0,
        'function' => static fn () => static function ($message) use ($explain): never {
            $text = is_wp_error($message) ? $message->get_error_message() : $message;
            $explain(trim(strip_tags(is_string($text) ? $text : '')));
            exit(3);
        },
    ];
    register_shutdown_function(static function () use (&$done, $explain) {
        if (!$done) {
            $explain('');
            exit(3);
        }
    });

    if (!is_file("$root/wp-load.php") || !is_file("$root/wp-includes/version.php")) {
        $fail('NO_WORDPRESS', "there is no wp-load.php and wp-includes/version.php in $root");
    }

    if ($verb === 'tables') {
        require getenv('AEGIR_SETTINGS');
        mysqli_report(MYSQLI_REPORT_OFF);
        $database = $connect() ?: $fail('DATABASE', (string) mysqli_connect_error());
        try {
            $answer(['facts' => aegir_tables($database, $arguments['said'], $arguments['again'] === '1', $fail)]);
        } catch (mysqli_sql_exception $e) {
            $fail('DATABASE', $e->getMessage());
        }
        exit(0);
    }

    $user = static function (string $name) use ($fail): WP_User {
        $found = $name === ''
            ? get_users(['role' => 'administrator', 'orderby' => 'ID', 'order' => 'ASC', 'number' => 1])[0] ?? false
            : get_user_by('login', $name);
        return $found ?: $fail('NO_USER', $name === '' ? 'it has no administrator' : "it has no account $name");
    };

    $state = static function (): array {
        global $wpdb, $wp_version, $wp_db_version;
        $updates = static fn ($found) => is_object($found) && is_array($found->response ?? null) ? count($found->response) : 0;
        $core = get_site_transient('update_core');
        $newer = is_object($core) && is_array($core->updates ?? null)
            ? count(array_filter($core->updates, static fn ($u) => is_object($u) && ($u->response ?? '') === 'upgrade'))
            : 0;
        return [
            'version' => (string) $wp_version,
            'database' => (string) get_option('db_version'),
            'database.expected' => (string) $wp_db_version,
            'users' => (string) $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->users"),
            'plugins' => (string) count((array) get_option('active_plugins', [])),
            'updates.core' => (string) ($newer > 0 ? 1 : 0),
            'updates.plugins' => (string) $updates(get_site_transient('update_plugins')),
            'updates.themes' => (string) $updates(get_site_transient('update_themes')),
        ];
    };

    $verbs = [
        'install' => static function () use ($arguments, $fail): array {
            global $wpdb, $wp_version, $wp_rewrite;
            if ($wpdb->get_col('SHOW TABLES') !== []) {
                $fail('NOT_EMPTY', 'its database has tables');
            }
            $locale = $arguments['locale'];
            if ($locale !== 'en_US' && !is_file(WP_LANG_DIR . "/$locale.mo")) {
                $fail('NO_LANGUAGE', "the codebase has no translation $locale in wp-content/languages");
            }
            // Mail about a password that nobody knows helps nobody.
            function wp_new_blog_notification() {}
            require_once ABSPATH . 'wp-admin/includes/upgrade.php';
            $made = wp_install(
                $arguments['title'],
                $arguments['user'],
                $arguments['mail'],
                $arguments['public'] === '1',
                '',
                bin2hex(random_bytes(32)),
                $locale === 'en_US' ? '' : $locale
            );
            if (is_wp_error($made['user_id']) || !is_blog_installed()) {
                $fail('DIES', is_wp_error($made['user_id']) ? $made['user_id']->get_error_message() : $wpdb->last_error);
            }
            $wp_rewrite->init();
            $wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%day%/%postname%/');
            flush_rewrite_rules(false);
            return ['version' => (string) $wp_version];
        },
        'verify' => static function () use ($state, $fail): array {
            $files = wp_upload_dir(null, false);
            if (!is_writable($files['basedir'])) {
                $fail('NOT_WRITABLE', "its code cannot write $files[basedir]");
            }
            return $state();
        },
        'packages' => static function (): array {
            global $wp_version;
            require_once ABSPATH . 'wp-admin/includes/plugin.php';
            $all = [['type' => 'core', 'name' => 'wordpress', 'version' => (string) $wp_version, 'title' => 'WordPress',
                'schema' => (int) get_option('db_version'), 'enabled' => true]];
            $text = static fn ($value): string => is_scalar($value) ? (string) $value : '';
            foreach (get_plugins() as $file => $plugin) {
                $all[] = ['type' => 'plugin', 'name' => str_contains($file, '/') ? dirname($file) : basename($file, '.php'),
                    'version' => $text($plugin['Version']), 'title' => $text($plugin['Name']), 'enabled' => is_plugin_active($file)];
            }
            foreach (get_mu_plugins() as $file => $plugin) {
                $all[] = ['type' => 'mu-plugin', 'name' => basename($file, '.php'),
                    'version' => $text($plugin['Version']), 'title' => $text($plugin['Name']), 'enabled' => true];
            }
            foreach (wp_get_themes() as $directory => $theme) {
                $all[] = ['type' => 'theme', 'name' => (string) $directory,
                    'version' => $text($theme->get('Version')), 'title' => $text($theme->get('Name')),
                    'enabled' => in_array((string) $directory, [get_stylesheet(), get_template()], true)];
            }
            // What is switched on and not there: whoever came from elsewhere may miss it.
            $gone = static fn (string $type, string $name): array
                => ['type' => $type, 'name' => $name, 'version' => '', 'title' => '', 'enabled' => true];
            $there = get_plugins();
            foreach (array_filter((array) get_option('active_plugins', []), 'is_string') as $file) {
                if (!isset($there[$file])) {
                    $all[] = $gone('plugin', str_contains($file, '/') ? dirname($file) : basename($file, '.php'));
                }
            }
            foreach (array_unique([(string) get_option('stylesheet'), (string) get_option('template')]) as $theme) {
                if ($theme !== '' && !wp_get_theme($theme)->exists()) {
                    $all[] = $gone('theme', $theme);
                }
            }
            return ['packages' => json_encode($all, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES)];
        },
        'state' => $state,
        'update-database' => static function () use ($state): array {
            global $wpdb;
            require_once ABSPATH . 'wp-admin/includes/upgrade.php';
            $before = (string) get_option('db_version');
            wp_upgrade();
            return ['before' => $before] + $state();
        },
        'login-link' => static function () use ($arguments, $user, $fail): array {
            global $wpdb;
            $who = $user($arguments['user']);
            $wpdb->query($wpdb->prepare(
                "DELETE FROM $wpdb->options WHERE option_name LIKE %s AND CAST(option_value AS UNSIGNED) < %d",
                $wpdb->esc_like('aegir_login_') . '%',
                time()
            ));
            $kept = $wpdb->insert($wpdb->options, [
                'option_name' => 'aegir_login_' . $arguments['hash'],
                'option_value' => time() + (int) $arguments['seconds'] . ':' . $who->ID,
                'autoload' => 'no',
            ]);
            if ($kept !== 1) {
                $fail('DATABASE', $wpdb->last_error);
            }
            return ['user' => $who->user_login];
        },
        'reset-password' => static function () use ($arguments, $user, $fail): array {
            $who = $user($arguments['user']);
            wp_set_password($arguments['password'], $who->ID);
            clean_user_cache($who->ID);
            WP_Session_Tokens::get_instance($who->ID)->destroy_all();
            if (!wp_check_password($arguments['password'], get_userdata($who->ID)->user_pass, $who->ID)) {
                $fail('DIES', 'the new password was not kept');
            }
            return ['user' => $who->user_login];
        },
        'clear-caches' => static function (): array {
            global $wpdb;
            $transients = 0;
            foreach ([$wpdb->options => 'option_name', $wpdb->sitemeta ?? '' => 'meta_key'] as $table => $column) {
                if ($table !== '' && ($table === $wpdb->options || is_multisite())) {
                    $transients += (int) $wpdb->query($wpdb->prepare(
                        "DELETE FROM $table WHERE $column LIKE %s OR $column LIKE %s",
                        $wpdb->esc_like('_transient_') . '%',
                        $wpdb->esc_like('_site_transient_') . '%'
                    ));
                }
            }
            wp_cache_flush();
            flush_rewrite_rules(false);
            return ['transients' => (string) $transients];
        },
        'sanitise' => static function () use ($arguments, $fail): array {
            $named = static fn (string $what) => array_values(array_filter(array_map('trim', explode(',', $arguments[$what]))));
            return aegir_sanitise($named('keep'), $named('empty'), $named('forget'), $fail);
        },
        'rename' => static fn (): array => aegir_rename($arguments['from'], $arguments['to'], $fail),
    ];

    // A plugin that is broken does not keep anybody from getting in.
    if (in_array($verb, ['login-link', 'reset-password', 'rename', 'sanitise'], true)) {
        $GLOBALS['wp_filter']['pre_option_active_plugins'][PHP_INT_MAX][] = ['accepted_args' => 0, 'function' => static fn () => []];
        foreach (['template', 'stylesheet'] as $option) {
            $GLOBALS['wp_filter']["pre_option_$option"][PHP_INT_MAX][] = ['accepted_args' => 0, 'function' => static fn () => ''];
        }
    }
    if (in_array($verb, ['install', 'update-database'], true)) {
        define('WP_INSTALLING', true);
    }
    define('WP_DISABLE_FATAL_ERROR_HANDLER', true);
    // Nothing here needs the network, and waiting for it would be all it got.
    $GLOBALS['wp_filter']['pre_http_request'][PHP_INT_MAX][] = [
        'accepted_args' => 0,
        'function' => static fn () => new WP_Error('aegir', 'no network here'),
    ];
    $GLOBALS['wp_filter']['wp_loaded'][PHP_INT_MAX][] = [
        'accepted_args' => 0,
        'function' => static function () use ($verbs, $verb, $answer, $fail) {
            try {
                $answer(['facts' => $verbs[$verb]()]);
            } catch (Throwable $e) {
                $fail('DIES', $e->getMessage() . ' (' . $e->getFile() . ':' . $e->getLine() . ')');
            }
        },
    ];
    // A directory that no code of the site is loaded from by accident.
    define('ABSPATH', "$root/");
})();
require ABSPATH . 'wp-load.php';
