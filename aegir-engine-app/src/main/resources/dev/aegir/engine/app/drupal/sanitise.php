<?php
/**
 * Every text that may have an address or a key in it, of every table: the table, the column, the type, the text, and the row's key.
 * Asks by names in double quotes, which is how Drupal has MySQL read them too.
 */
function aegir_drupal_texts(callable $query, bool $postgres): Generator
{
    $quote = static fn (string $name) => '"' . str_replace('"', '""', $name) . '"';
    $here = $postgres ? 'current_schema()' : 'DATABASE()';
    $keys = [];
    foreach ($query('SELECT k.table_name AS t, k.column_name AS c FROM information_schema.table_constraints n'
        . ' JOIN information_schema.key_column_usage k ON k.constraint_name = n.constraint_name'
        . ' AND k.table_schema = n.table_schema AND k.table_name = n.table_name'
        . " WHERE n.constraint_type = 'PRIMARY KEY' AND n.table_schema = $here", []) as $row) {
        $keys[$row['t']][] = $row['c'];
    }
    foreach (aegir_drupal_columns($query, $postgres) as [$table, $column, $type]) {
        if (!preg_match('/char|text|json|blob|binary|bytea/i', $type)) {
            continue;
        }
        $known = array_values(array_unique([...($keys[$table] ?? []), $column]));
        $looked = $quote($column);
        if ($postgres) {
            $looked = $type === 'bytea' ? "encode($looked, 'escape')" : "CAST($looked AS text)";
        }
        $rows = $query('SELECT ' . implode(', ', array_map($quote, $known)) . ' FROM ' . $quote($table)
            . " WHERE $looked LIKE '%@%' OR $looked LIKE '%!%40%' ESCAPE '!' OR $looked LIKE '%live!_%' ESCAPE '!'"
            . " OR $looked LIKE '%whsec!_%' ESCAPE '!'", []);
        foreach ($rows as $row) {
            $row = array_map(static fn ($value) => is_resource($value) ? stream_get_contents($value) : $value, $row);
            yield [$table, $column, $type, (string) $row[$column], array_intersect_key($row, array_flip($keys[$table] ?? [$column]))];
        }
    }
}

/** Every column of every table: the table, the column and its type. */
function aegir_drupal_columns(callable $query, bool $postgres): array
{
    $rows = $query('SELECT c.table_name AS t, c.column_name AS c, c.data_type AS d FROM information_schema.columns c'
        . ' JOIN information_schema.tables b ON b.table_schema = c.table_schema AND b.table_name = c.table_name'
        . " WHERE b.table_type = 'BASE TABLE' AND c.table_schema = " . ($postgres ? 'current_schema()' : 'DATABASE()')
        . ' ORDER BY c.table_name, c.ordinal_position', []);
    return array_map(static fn (array $row) => [$row['t'], $row['c'], $row['d']], $rows);
}

/** What is set in config and in state by names that the site's settings say: the table, the collection and the name. */
function aegir_drupal_set(callable $query, array $there, array $forget): array
{
    $found = [];
    foreach (['config' => '', 'key_value' => " WHERE \"collection\" = 'state'"] as $table => $where) {
        foreach (isset($there[$table]) ? $query("SELECT \"collection\" AS c, \"name\" AS n FROM \"$table\"$where", []) : [] as $row) {
            if (aegir_named($row['n'], $forget)) {
                $found[] = [$table, $row['c'], $row['n']];
            }
        }
    }
    return $found;
}

/** The ways to pay of Commerce that somebody could pay by: the collection, the name, and what is to be stored. */
function aegir_drupal_payments(callable $query): array
{
    $off = static fn ($name, $value) => match (true) {
        $name === 'status' => false,
        $name === 'mode' && $value === 'live' => 'test',
        default => $value,
    };
    $found = [];
    $rows = $query('SELECT "collection" AS c, "name" AS n, "data" AS d FROM "config"'
        . " WHERE \"name\" LIKE 'commerce!_payment.commerce!_payment!_gateway.%' ESCAPE '!'", []);
    foreach ($rows as $row) {
        $data = is_resource($row['d']) ? (string) stream_get_contents($row['d']) : (string) $row['d'];
        $new = aegir_unpaid_text($data, $off);
        if ($new !== $data) {
            $found[] = [$row['c'], $row['n'], $new];
        }
    }
    return $found;
}

/**
 * A copy of a production site becomes one that reaches nobody, and that nobody's keys open. $empty names tables, or what they
 * begin with before a star; $change has tables, columns that must be there, and statements; $emptied names tables that the site's
 * settings say, and $forget config and state.
 */
function aegir_sanitise_drupal(
    callable $query,
    callable $do,
    bool $postgres,
    array $empty,
    array $change,
    array $keep,
    array $emptied,
    array $forget,
    callable $fail
): array {
    $quote = static fn (string $name) => '"' . str_replace('"', '""', $name) . '"';
    $there = [];
    foreach (aegir_drupal_columns($query, $postgres) as [$table, $column, $type]) {
        $there[$table][$column] = $type;
    }
    $emptied = aegir_emptied(array_keys($there), $emptied, $fail);
    $do('START TRANSACTION', []);
    foreach (array_keys($there) as $table) {
        if (aegir_named($table, $empty) || in_array($table, $emptied, true)) {
            $do('DELETE FROM ' . $quote($table), []);
        }
    }
    foreach ($change as ['table' => $table, 'column' => $column, 'sql' => $sql]) {
        if (isset($there[$table][$column])) {
            $do($sql, []);
        }
    }
    $sets = static fn () => aegir_drupal_set($query, $there, $forget);
    foreach ($sets() as [$table, $collection, $name]) {
        $do('DELETE FROM ' . $quote($table) . ' WHERE "collection" = :c AND "name" = :n', [':c' => $collection, ':n' => $name]);
    }
    $payments = static fn () => isset($there['config']['data']) ? aegir_drupal_payments($query) : [];
    foreach ($payments() as [$collection, $name, $new]) {
        $binary = $there['config']['data'] === 'bytea';
        $do(
            'UPDATE "config" SET "data" = ' . ($binary ? "decode(:new, 'hex')" : ':new')
                . ' WHERE "collection" = :c AND "name" = :n',
            [':new' => $binary ? bin2hex($new) : $new, ':c' => $collection, ':n' => $name]
        );
    }
    $changed = 0;
    foreach (aegir_drupal_texts($query, $postgres) as [$table, $column, $type, $value, $key]) {
        $new = aegir_keyless(aegir_anonymous($value, $keep, $changed));
        if ($new === $value || isset($key[$column]) && (count($key) > 1 || $type === 'bytea')) {
            continue;
        }
        $binary = $postgres && $type === 'bytea';
        $args = [':new' => $binary ? bin2hex($new) : $new];
        $where = [];
        foreach (array_values($key) as $i => $part) {
            $where[] = $quote(array_keys($key)[$i]) . " = :k$i";
            $args[":k$i"] = $part;
        }
        $do('UPDATE ' . $quote($table) . ' SET ' . $quote($column) . ' = ' . ($binary ? "decode(:new, 'hex')" : ':new')
            . ' WHERE ' . implode(' AND ', $where), $args);
    }
    $do('COMMIT', []);
    // The proof: as if nothing had been done.
    $left = [];
    foreach (aegir_drupal_texts($query, $postgres) as [$table, $column, , $value]) {
        $left["$table.$column"] = ($left["$table.$column"] ?? 0) + aegir_left($value, $keep);
    }
    aegir_proved(array_filter($left), 'ADDRESSES_LEFT', $fail);
    $rows = [];
    foreach ($emptied as $table) {
        $rows[$table] = (int) $query('SELECT COUNT(*) AS n FROM ' . $quote($table), [])[0]['n'];
    }
    foreach ($sets() as [$table]) {
        $rows[$table] = ($rows[$table] ?? 0) + 1;
    }
    $rows['config'] = ($rows['config'] ?? 0) + count($payments());
    aegir_proved(array_filter($rows), 'ROWS_LEFT', $fail);
    return ['addresses' => (string) $changed, 'left' => '0'];
}
