#!/usr/bin/env php
<?php
// Stands in for wp-cli: notes how it was started, says that all is well, and does what a file tells it to.
if (array_slice($argv, -2) === ['cli', 'version']) {
    echo "WP-CLI 2.99.0\n";
    exit(0);
}
$files = dirname(getenv('AEGIR_SETTINGS'), 2) . '/files';
file_put_contents("$files/ran.json", json_encode([
    'words' => array_slice($argv, 1),
    'account' => posix_getpwuid(posix_geteuid())['name'],
    'directory' => getcwd(),
    'php' => PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION,
    'input' => stream_get_contents(STDIN),
    'environment' => getenv(),
], JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT));
if (is_file("$files/fail")) {
    preg_match("~'DB_PASSWORD', '([^']+)'~", file_get_contents(getenv('AEGIR_SETTINGS')), $found);
    fwrite(STDERR, "Error: it fails and tells the password $found[1].\n");
    exit(1);
}
echo "Success: WordPress database upgraded successfully.\n";
