<?php
// The tables of a WordPress that came from elsewhere get the names that WordPress has here, and so do the keys that begin with
// what its tables begin with. Again, it goes on where it was; without WordPress, which would not find itself.
function aegir_tables(mysqli $database, string $said, bool $again, callable $fail): array
{
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $ours = 'wp_';
    $tables = array_column($database->query('SHOW TABLES')->fetch_all(), 0);
    $begins = [];
    foreach ($tables as $table) {
        $begin = str_ends_with($table, 'options') ? substr($table, 0, -strlen('options')) : '';
        if ($begin !== '' && !array_diff(["{$begin}posts", "{$begin}users", "{$begin}usermeta"], $tables)) {
            $begins[] = $begin;
        }
    }
    if ($said === '' || ($again && !in_array($said, $begins, true))) {
        if (count($begins) > 1 && !in_array($ours, $begins, true)) {
            $fail('TABLES', 'it has tables of several, which begin with ' . implode(', ', $begins));
        }
        $from = in_array($ours, $begins, true) ? $ours : $begins[0] ?? '';
    } else {
        $from = in_array($said, $begins, true) ? $said : '';
    }
    if ($from === '') {
        $fail('NOT_INSTALLED', 'its database has no tables of WordPress' . ($said === '' ? '' : " that begin with $said"));
    }
    if ($from === $ours) {
        return ['from' => $ours, 'renamed' => '0'];
    }

    $quoted = static fn (string $name): string => '`' . str_replace('`', '``', $name) . '`';
    $renames = [];
    $keys = [];
    foreach ($tables as $table) {
        if (!str_starts_with($table, $from)) {
            continue;
        }
        $rest = substr($table, strlen($from));
        if (in_array($ours . $rest, $tables, true)) {
            $fail('TABLES', "it has a table $table and a table $ours$rest");
        }
        $renames[] = $quoted($table) . ' TO ' . $quoted($ours . $rest);
        if (preg_match('/^(\d+_|)options$/D', $rest, $blog)) {
            $keys[] = 'UPDATE ' . $quoted($table) . " SET option_name = '$ours$blog[1]user_roles'"
                . " WHERE option_name = '$from$blog[1]user_roles'";
        }
    }
    // What is written in them goes by the former names.
    foreach (['VIEWS' => 'TABLE', 'TRIGGERS' => 'TRIGGER', 'ROUTINES' => 'ROUTINE'] as $kind => $of) {
        if ($database->query("SELECT 1 FROM information_schema.$kind WHERE {$of}_SCHEMA = DATABASE() LIMIT 1")->num_rows > 0) {
            $fail('TABLES', 'it has ' . strtolower($kind) . ', which would go on with the former names');
        }
    }
    $database->begin_transaction();
    foreach ($keys as $statement) {
        $database->query($statement);
    }
    $length = strlen($from);
    $database->query('UPDATE ' . $quoted("{$from}usermeta") . " SET meta_key = CONCAT('$ours', SUBSTRING(meta_key, $length + 1))"
        . " WHERE BINARY LEFT(meta_key, $length) = '$from'");
    $database->commit();
    $database->query('RENAME TABLE ' . implode(', ', $renames));
    return ['from' => $from, 'renamed' => (string) count($renames)];
}
