<?php
/**
 * A text with one address in place of another: plain, escaped for JSON, encoded for addresses, or without its scheme; and never
 * a part of a longer name.
 */
function aegir_readdress(string $text, string $from, string $to): string
{
    // Wherever there is the name there is this.
    if (stripos($text, $from) === false) {
        return $text;
    }
    $name = preg_quote($from, '~');
    $end = '(?![A-Za-z0-9-]|\.[A-Za-z0-9]|:[0-9]|%3A[0-9])';
    [$scheme, $new] = explode('://', $to);
    $changed = preg_replace_callback(
        "~(?:(?<![A-Za-z0-9+.-])(?<scheme>https?:)|(?<![A-Za-z0-9+.:-]))(?<slashes>//|\\\\/\\\\/)$name$end~i",
        static fn (array $m) => ($m['scheme'] !== '' ? "$scheme:" : '') . $m['slashes'] . $new,
        $text
    );
    $changed = $changed === null ? null : preg_replace("~(?<![A-Za-z0-9+.-])https?%3A%2F%2F$name$end~i", "$scheme%3A%2F%2F$new", $changed);
    return $changed ?? $text;
}

/**
 * A stored value with one address in place of another. What is serialised is read by its grammar and written again with the
 * right lengths; nothing is ever made of it. Absent when it looks serialised and cannot be read.
 */
function aegir_rewrite(string $value, string $from, string $to): ?string
{
    if (stripos($value, $from) === false) {
        return $value;
    }
    if (!preg_match('/^(?:[aO]:[0-9]+:|s:[0-9]+:"|C:[0-9]+:"|E:[0-9]+:")/', $value)) {
        return aegir_readdress($value, $from, $to);
    }
    $at = 0;
    $out = aegir_serialised($value, $at, $from, $to, 0);
    return $out !== null && $at === strlen($value) ? $out : null;
}

/** One serialised value, from a position on, written again. Absent when it cannot be read. */
function aegir_serialised(string $in, int &$at, string $from, string $to, int $depth): ?string
{
    if ($depth > 200) {
        return null;
    }
    $head = static function (string $pattern) use ($in, &$at): ?array {
        if (!preg_match("~\\G(?:$pattern)~", $in, $found, 0, $at)) {
            return null;
        }
        $at += strlen($found[0]);
        return $found;
    };
    // A string of so many bytes, with its quotes.
    $quoted = static function (int $length) use ($in, &$at): ?string {
        if ($length < 0 || ($in[$at] ?? '') !== '"' || ($in[$at + 1 + $length] ?? '') !== '"') {
            return null;
        }
        $text = substr($in, $at + 1, $length);
        $at += $length + 2;
        return $text;
    };
    $members = static function (int $count) use ($in, &$at, $from, $to, $depth): ?string {
        $out = '{';
        for ($i = 0; $i < 2 * $count; $i++) {
            // Names of members stay: the code looks for them.
            $before = $at;
            $member = aegir_serialised($in, $at, $from, $to, $depth + 1);
            if ($member === null) {
                return null;
            }
            $out .= $i % 2 === 0 ? substr($in, $before, $at - $before) : $member;
        }
        if (($in[$at] ?? '') !== '}') {
            return null;
        }
        $at++;
        return $out . '}';
    };

    if ($found = $head('N;|(?:[bi]:-?[0-9]+|d:[-+0-9.eEINFA]+|[rR]:[0-9]+);')) {
        return $found[0];
    }
    if ($found = $head('s:([0-9]+):')) {
        $text = $quoted((int) $found[1]);
        if ($text === null || ($in[$at] ?? '') !== ';') {
            return null;
        }
        $at++;
        // What is serialised inside and cannot be read stays as it is.
        $text = aegir_rewrite($text, $from, $to) ?? $text;
        return 's:' . strlen($text) . ":\"$text\";";
    }
    if ($found = $head('a:([0-9]+):(?=\{)')) {
        $at++;
        $inside = $members((int) $found[1]);
        return $inside === null ? null : $found[0] . $inside;
    }
    if ($found = $head('O:([0-9]+):')) {
        $class = $quoted((int) $found[1]);
        $count = $class === null ? null : $head(':([0-9]+):(?=\{)');
        if ($count === null) {
            return null;
        }
        $at++;
        $inside = $members((int) $count[1]);
        return $inside === null ? null : "$found[0]\"$class\"$count[0]$inside";
    }
    if ($found = $head('E:([0-9]+):')) {
        $case = $quoted((int) $found[1]);
        if ($case === null || ($in[$at] ?? '') !== ';') {
            return null;
        }
        $at++;
        return "$found[0]\"$case\";";
    }
    // "C:" is in a form that only its class can read.
    return null;
}

/** All tables of the site: every text but guids, which say what something was called first. One transaction. */
function aegir_rename(string $from, string $to, callable $fail): array
{
    global $wpdb;
    $cells = $unread = 0;
    $quote = static fn (string $name) => '`' . str_replace('`', '``', $name) . '`';
    $do = static function (string $statement) use ($wpdb, $fail): int {
        $rows = $wpdb->query($statement);
        return $rows === false ? $fail('DATABASE', $wpdb->last_error) : (int) $rows;
    };
    $do('START TRANSACTION');
    foreach ($wpdb->get_col($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($wpdb->prefix) . '%')) as $table) {
        $keys = $texts = [];
        foreach ($wpdb->get_results('SHOW COLUMNS FROM ' . $quote($table), ARRAY_A) as $column) {
            if ($column['Key'] === 'PRI') {
                $keys[] = $column['Field'];
            }
            if (preg_match('/char|text|json/i', $column['Type']) && $column['Field'] !== 'guid') {
                $texts[] = $column['Field'];
            }
        }
        foreach (array_diff($texts, $keys) as $text) {
            $name = $quote($text);
            // Without a key the value itself is one: rows with the same value get the same new one.
            $known = $keys === [] ? [$text] : $keys;
            $rows = $wpdb->get_results($wpdb->prepare(
                'SELECT ' . implode(', ', array_map($quote, array_unique([...$known, $text]))) . ' FROM ' . $quote($table)
                    . " WHERE $name LIKE %s",
                '%' . $wpdb->esc_like($from) . '%'
            ), ARRAY_A);
            foreach ($rows as $row) {
                $value = aegir_rewrite($row[$text], $from, $to);
                if ($value === null) {
                    $unread++;
                } elseif ($value !== $row[$text]) {
                    $where = implode(' AND ', array_map(
                        static fn ($key) => $wpdb->prepare($quote($key) . ' = BINARY %s', $row[$key]),
                        array_unique([...$known, $text])
                    ));
                    $cells += $do($wpdb->prepare('UPDATE ' . $quote($table) . " SET $name = %s WHERE $where", $value));
                }
            }
        }
    }
    $do('COMMIT');
    wp_cache_flush();
    return ['changed' => (string) $cells, 'unread' => (string) $unread];
}
