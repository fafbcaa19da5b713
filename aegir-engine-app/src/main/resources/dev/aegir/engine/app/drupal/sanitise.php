<?php
/**
 * Every text that has an address in it, of every table: the table, the column, the type, the text, and the row's key. Asks by
 * names in double quotes, which is how Drupal has MySQL read them too.
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
            . " WHERE $looked LIKE '%@%' OR $looked LIKE '%!%40%' ESCAPE '!'", []);
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

/**
 * A copy of a production site becomes one that reaches nobody, and that nobody's keys open. $empty names tables, or what they
 * begin with before a star; $change has tables, columns that must be there, and statements.
 */
function aegir_sanitise_drupal(
    callable $query,
    callable $do,
    bool $postgres,
    array $empty,
    array $change,
    array $keep,
    callable $fail
): array {
    $quote = static fn (string $name) => '"' . str_replace('"', '""', $name) . '"';
    $there = [];
    foreach (aegir_drupal_columns($query, $postgres) as [$table, $column]) {
        $there[$table][$column] = true;
    }
    $do('START TRANSACTION', []);
    foreach (array_keys($there) as $table) {
        foreach ($empty as $name) {
            if ($table === $name || str_ends_with($name, '*') && str_starts_with($table, substr($name, 0, -1))) {
                $do('DELETE FROM ' . $quote($table), []);
                break;
            }
        }
    }
    foreach ($change as ['table' => $table, 'column' => $column, 'sql' => $sql]) {
        if (isset($there[$table][$column])) {
            $do($sql, []);
        }
    }
    $changed = 0;
    foreach (aegir_drupal_texts($query, $postgres) as [$table, $column, $type, $value, $key]) {
        $new = aegir_anonymous($value, $keep, $changed);
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
        preg_match_all(AEGIR_ADDRESS, $value, $found);
        foreach ($found[0] as $address) {
            if (!aegir_harmless($address, $keep)) {
                $left["$table.$column"] = ($left["$table.$column"] ?? 0) + 1;
            }
        }
    }
    if ($left !== []) {
        $fail('ADDRESSES_LEFT', implode(', ', array_map(static fn ($where, $n) => "$n in $where", array_keys($left), $left)));
    }
    return ['addresses' => (string) $changed, 'left' => '0'];
}
