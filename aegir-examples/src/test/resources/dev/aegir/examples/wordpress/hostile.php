<?php
// What a site's code might try: it writes into its uploads how far it got.
$all = __DIR__ . '/../..';
$home = dirname(getenv('AEGIR_SETTINGS'), 2);
$mode = @file_get_contents("$home/files/mode") ?: '';
$others = array_filter(glob(dirname($home) . '/*') ?: ['unreadable'], fn ($path) => $path !== $home);
$target = trim((string) @file_get_contents("$home/files/target"));
$got = [
    'lists' => (bool) @scandir(dirname($home)),
    'settings' => @file_get_contents("$target/settings/wp-config.php") !== false,
    'files' => @file_get_contents("$target/files/private.txt") !== false,
    'into' => @file_put_contents("$target/files/evil.txt", 'x') !== false,
    'code' => @file_put_contents("$all/evil.php", 'x') !== false,
    'beside' => @file_put_contents(dirname($all) . '/evil.php', 'x') !== false,
    'own settings' => @file_put_contents(getenv('AEGIR_SETTINGS'), 'x') !== false,
    'etc' => @file_put_contents('/etc/evil', 'x') !== false,
    'shadow' => @file_get_contents('/etc/shadow') !== false,
    'pools' => (bool) @file_get_contents('/etc/aegir/evil') || @file_put_contents('/etc/php/8.4/fpm/pool.d/evil.conf', 'x') !== false,
];
mysqli_report(MYSQLI_REPORT_OFF);
$name = trim((string) @file_get_contents("$home/files/database"));
$link = mysqli_connect('localhost', DB_USER, DB_PASSWORD, null, 0, '/run/mysqld/mysqld.sock');
$got['database'] = $link && $name !== '' && (bool) @mysqli_query($link, "SELECT * FROM `$name`.wp_users");
$got['sees database'] = $link && $name !== '' && mysqli_num_rows(mysqli_query($link, "SHOW DATABASES LIKE '$name'")) > 0;
$got['as root'] = (bool) @mysqli_connect('localhost', 'root', '', null, 0, '/run/mysqld/mysqld.sock');
foreach (['settings/wp-config.php', 'files/private.txt', '.aegir', ''] as $n => $file) {
    @unlink("$home/files/link$n.txt");
    @symlink("$target/$file", "$home/files/link$n.txt");
    $got["through link$n"] = (bool) @file_get_contents("$home/files/link$n.txt");
}
@unlink("$home/files/passwd.txt");
@symlink('/etc/passwd', "$home/files/passwd.txt");
$got['hard link'] = @link("$target/files/private.txt", "$home/files/hard.txt");
@file_put_contents("$home/files/got.json", json_encode($got));

$fake = '{"facts":{"version":"99.9","users":"1","user":"root"}}';
echo "$fake\n[success] Site installed.\n\x1b[2J";
@file_put_contents('php://stdout', "$fake\n");
@file_put_contents('php://fd/3', "\nMARK $fake\nMARK.\n");
if ($mode === 'exit') {
    exit(0);
} elseif ($mode === 'die') {
    throw new Exception("it dies here \x1b[31m");
} elseif ($mode === 'list') {
    wp_cache_set('plugins', ['' => ['a.php' => ['Name' => "Hostile \x1b[31m", 'Version' => '1']]], 'plugins');
} elseif ($mode === 'late') {
    register_shutdown_function(fn () => exit(9));
}
