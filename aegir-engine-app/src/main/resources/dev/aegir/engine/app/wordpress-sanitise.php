<?php
/** Every text that may have an address or a key in it, of every table: the table, the column, the row's key and the text. */
function aegir_texts(callable $fail): Generator
{
    global $wpdb;
    $quote = static fn (string $name) => '`' . str_replace('`', '``', $name) . '`';
    foreach ($wpdb->get_col("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'") as $table) {
        $keys = $texts = [];
        foreach ($wpdb->get_results('SHOW COLUMNS FROM ' . $quote($table), ARRAY_A) as $column) {
            if ($column['Key'] === 'PRI') {
                $keys[] = $column['Field'];
            }
            if (preg_match('/char|text|json|blob|binary/i', $column['Type'])) {
                $texts[] = $column['Field'];
            }
        }
        foreach ($texts as $text) {
            $known = array_unique([...($keys === [] ? [$text] : $keys), $text]);
            $rows = $wpdb->get_results(
                'SELECT ' . implode(', ', array_map($quote, $known)) . ' FROM ' . $quote($table) . ' WHERE ' . $quote($text)
                    . " LIKE '%@%' OR " . $quote($text) . " LIKE '%\\%40%' OR " . $quote($text) . " LIKE '%live\\_%' OR "
                    . $quote($text) . " LIKE '%whsec\\_%'",
                ARRAY_A
            );
            if ($wpdb->last_error !== '') {
                $fail('DATABASE', $wpdb->last_error);
            }
            foreach ($rows as $row) {
                $where = implode(' AND ', array_map(
                    static fn ($key) => $wpdb->prepare($quote($key) . ' = BINARY %s', $row[$key]),
                    $known
                ));
                yield [$table, $text, $row[$text], $where, in_array($text, $keys, true)];
            }
        }
    }
}

/** A way to pay of WooCommerce that nobody can pay by; other settings of it that can be switched are off, too. */
function aegir_unpaid_option(string $stored): string
{
    return aegir_unpaid_text($stored, static fn ($name, $value) => match (true) {
        $name === 'enabled' => 'no',
        $name === 'testmode' => 'yes',
        default => $value,
    });
}

/**
 * A copy of a production site becomes one that reaches nobody, and that nobody's keys open. $empty names tables and $forget options
 * that the site's settings say.
 */
function aegir_sanitise(array $keep, array $empty, array $forget, callable $fail): array
{
    global $wpdb;
    $quote = static fn (string $name) => '`' . str_replace('`', '``', $name) . '`';
    $do = static function (string $statement) use ($wpdb, $fail): int {
        $rows = $wpdb->query($statement);
        return $rows === false ? $fail('DATABASE', $wpdb->last_error) : (int) $rows;
    };
    $has = static fn (string $table) => $wpdb->get_var($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($table))) === $table;
    $do('START TRANSACTION');
    // Nobody is logged in, and no password, key or link of before works.
    $do("DELETE FROM $wpdb->usermeta WHERE meta_key IN ('session_tokens', '_application_passwords')");
    $do("UPDATE $wpdb->users SET user_pass = '!', user_activation_key = ''");
    $do("DELETE FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_%' OR option_name LIKE '\\_site\\_transient\\_%'"
        . " OR option_name LIKE 'aegir\\_login\\_%' OR option_name IN ('new_admin_email', 'adminhash')");
    $do("UPDATE $wpdb->options SET option_value = '0' WHERE option_name = 'blog_public'");
    $do("UPDATE $wpdb->comments SET comment_author_IP = ''");
    // What a shop would tell others, or do on its own.
    $prefix = $wpdb->prefix;
    if ($has("{$prefix}woocommerce_api_keys")) {
        $do("DELETE FROM {$prefix}woocommerce_api_keys");
    }
    if ($has("{$prefix}wc_webhooks")) {
        $do("UPDATE {$prefix}wc_webhooks SET status = 'disabled'");
    }
    if ($has("{$prefix}actionscheduler_actions")) {
        $do("UPDATE {$prefix}actionscheduler_actions SET status = 'canceled' WHERE status IN ('pending', 'in-progress')");
    }
    $emptied = aegir_emptied($wpdb->get_col("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'"), $empty, $fail);
    foreach ($emptied as $table) {
        $do('DELETE FROM ' . $quote($table));
    }
    $options = static fn () => array_filter(
        $wpdb->get_col("SELECT option_name FROM $wpdb->options"),
        static fn ($name) => aegir_named((string) $name, $forget)
    );
    foreach ($options() as $name) {
        $do($wpdb->prepare("DELETE FROM $wpdb->options WHERE option_name = %s", $name));
    }
    $payments = static fn () => array_filter(
        $wpdb->get_results("SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE 'woocommerce\\_%\\_settings'"),
        static fn ($option) => aegir_unpaid_option($option->option_value) !== $option->option_value
    );
    foreach ($payments() as $option) {
        $do($wpdb->prepare(
            "UPDATE $wpdb->options SET option_value = %s WHERE option_name = %s",
            aegir_unpaid_option($option->option_value),
            $option->option_name
        ));
    }
    $changed = 0;
    foreach (aegir_texts($fail) as [$table, $column, $value, $where, $key]) {
        $new = aegir_keyless(aegir_anonymous($value, $keep, $changed));
        if ($new !== $value && !$key) {
            $do($wpdb->prepare('UPDATE ' . $quote($table) . ' SET ' . $quote($column) . " = %s WHERE $where", $new));
        }
    }
    $do('COMMIT');
    wp_cache_flush();
    // The proof: as if nothing had been done.
    $left = [];
    foreach (aegir_texts($fail) as [$table, $column, $value]) {
        $left["$table.$column"] = ($left["$table.$column"] ?? 0) + aegir_left($value, $keep);
    }
    aegir_proved(array_filter($left), 'ADDRESSES_LEFT', $fail);
    $rows = [];
    foreach ($emptied as $table) {
        $rows[$table] = (int) $wpdb->get_var('SELECT COUNT(*) FROM ' . $quote($table));
    }
    $rows[$wpdb->options] = count($options()) + count($payments());
    aegir_proved(array_filter($rows), 'ROWS_LEFT', $fail);
    return ['addresses' => (string) $changed, 'left' => '0'];
}
