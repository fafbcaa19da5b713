<?php
$GLOBALS['table_prefix'] = $table_prefix = 'wp_';

if (str_starts_with(WP_HOME, 'https:')) {
    // Whoever ends TLS may be another server than this one.
    $_SERVER['HTTPS'] = 'on';
}
if (PHP_SAPI === 'cli') {
    $_SERVER += ['SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'REMOTE_ADDR' => '127.0.0.1'];
    $_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = parse_url(WP_HOME, PHP_URL_HOST);
    $_SERVER['REQUEST_URI'] ??= '/';
}

// WordPress takes hooks from here before it starts: code and database stay as they are.
$GLOBALS['wp_filter']['pre_option_upload_path'][10][] = [
    'accepted_args' => 0,
    'function' => static fn () => AEGIR_FILES,
];
$GLOBALS['wp_filter']['pre_option_upload_url_path'][10][] = [
    'accepted_args' => 0,
    'function' => static fn () => WP_HOME . '/wp-content/uploads',
];

if (WP_ENVIRONMENT_TYPE !== 'production') {
    // Whatever the database says, which may be that of a production site.
    $GLOBALS['wp_filter']['pre_option_blog_public'][PHP_INT_MAX][] = ['accepted_args' => 0, 'function' => static fn () => '0'];
}
if (!AEGIR_MAIL) {
    $GLOBALS['wp_filter']['pre_wp_mail'][PHP_INT_MAX][] = ['accepted_args' => 0, 'function' => static fn () => false];
}

// Login links. The database knows a hash of the token; whoever deletes it is logged in, so it works for one request only.
$GLOBALS['wp_filter']['init'][PHP_INT_MIN][] = [
    'accepted_args' => 0,
    'function' => static function () {
        global $wpdb;
        $token = $_GET['aegir-login'] ?? null;
        if (PHP_SAPI === 'cli' || $token === null || ($_SERVER['REQUEST_METHOD'] ?? '') !== 'GET') {
            return;
        }
        nocache_headers();
        header('Referrer-Policy: no-referrer');
        if (is_string($token) && preg_match('/^[A-Za-z0-9_-]{43}$/D', $token)) {
            $name = 'aegir_login_' . hash('sha256', $token);
            $known = (string) $wpdb->get_var(
                $wpdb->prepare("SELECT option_value FROM $wpdb->options WHERE option_name = %s", $name)
            );
            $mine = $wpdb->query($wpdb->prepare("DELETE FROM $wpdb->options WHERE option_name = %s", $name)) === 1;
            if ($mine && preg_match('/^([0-9]+):([0-9]+)$/D', $known, $found) && time() <= (int) $found[1]) {
                $user = get_user_by('id', (int) $found[2]);
                if ($user) {
                    wp_set_auth_cookie($user->ID);
                    wp_safe_redirect(admin_url());
                    exit;
                }
            }
        }
        wp_die('This link was used already, or is too old. Ask for another.', 'Login', ['response' => 403]);
    },
];
