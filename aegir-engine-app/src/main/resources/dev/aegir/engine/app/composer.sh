# SPDX-License-Identifier: Apache-2.0
# Installs what composer.lock names into the project that was just brought.
cd -- "$HOME"
command -v "$php" >/dev/null 2>&1 || fail 67 "$php"
need base64 composer find prlimit unzip
rm -f -- credential key

# What the project says is looked at before composer reads it. None of its code is run for that.
cat >check.php <<'PHP'
<?php
[, $tree, $root, $locals] = $argv;
$problems = [];
function problem($path, $what) { global $problems; $problems[] = preg_replace('/[\x00-\x1f\x7f]/', '?', "$path") . "\0" . preg_replace('/[\x00-\x1f\x7f]/', '?', "$what") . "\0"; }
function json($file) {
    if (!is_file($file) || is_link($file)) {
        fwrite(STDERR, 'the project has no ' . basename($file) . "; lock its packages and commit the lock\n");
        exit(66);
    }
    $value = json_decode(file_get_contents($file), true);
    if (!is_array($value)) {
        fwrite(STDERR, basename($file) . " is no JSON\n");
        exit(66);
    }
    return $value;
}
function inside($path) {
    return is_string($path) && $path !== '' && !preg_match('#^[/~\\\\]|[$%\\\\]|^[A-Za-z]:|://#', $path) && !preg_match('#(^|/)\.\.(/|$)#', $path);
}
function really_inside($path) {
    global $tree;
    if (!inside($path)) return false;
    foreach (glob("$tree/$path", GLOB_BRACE) ?: [] as $match) {
        $real = realpath($match);
        if ($real === false || ($real !== $tree && !str_starts_with($real, "$tree/"))) return false;
    }
    return true;
}
// All of them, of both kinds, and of what only looks like a name: 2852039166 is an address to some programs.
function addresses($host) {
    static $known = [];
    if (!isset($known[$host])) {
        $known[$host] = [];
        $asked = proc_open(['getent', 'ahosts', $host], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
        foreach (explode("\n", (string) stream_get_contents($pipes[1])) as $line) {
            $known[$host][] = strtok($line, ' ') ?: 'none';
        }
        proc_close($asked);
    }
    return $known[$host];
}
function fetchable($url) {
    global $root, $locals;
    if (!is_string($url)) return 'no URL';
    $file = str_starts_with($url, 'file://') ? substr($url, 7) : (str_starts_with($url, '/') ? $url : null);
    if ($file !== null) {
        $real = realpath($file);
        $below = realpath($root);
        return $real !== false && $below !== false && str_starts_with($real, "$below/") ? null : "not below $root: $url";
    }
    $parts = parse_url($url);
    if (($parts['scheme'] ?? '') !== 'https' || ($parts['host'] ?? '') === '') return "neither https nor a file: $url";
    if ($locals === 'yes') return null;
    $host = trim($parts['host'], '[]');
    foreach (addresses($host) as $address) {
        if (preg_match('#^(0\.|127\.|169\.254\.|100\.100\.100\.200$|192\.0\.0\.192$|::$|::1$|::ffff:|::[0-9]+\.|64:ff9b:|2002:|fe[89ab][0-9a-f]:|fd00:ec2::254$)#i', $address)) {
            return "on the server itself or where machines are told secrets: $url";
        }
    }
    return null;
}
$project = json("$tree/composer.json");
$lock = json("$tree/composer.lock");
foreach ($project['config'] ?? [] as $key => $value) {
    if (preg_match('/-dir$|^home$/', $key) && !really_inside($value)) problem('composer.json', "the directory $key outside of the project");
}
foreach (array_keys($project['extra']['installer-paths'] ?? []) as $path) {
    if (!inside(str_replace(['{$name}', '{$vendor}', '{$type}'], 'x', $path))) problem('composer.json', "the installer path $path outside of the project");
}
foreach ($project['repositories'] ?? [] as $repository) {
    if (!is_array($repository)) continue;
    $type = $repository['type'] ?? '';
    if (in_array($type, ['path', 'artifact'], true) && !really_inside($repository['url'] ?? '')) {
        problem('composer.json', "a repository of type $type outside of the project: " . json_encode($repository['url'] ?? ''));
    }
}
foreach ($lock['packages'] ?? [] as $package) {
    $name = is_array($package) ? $package['name'] ?? '' : '';
    if (!is_string($name) || !preg_match('#^[a-z0-9]([_.-]?[a-z0-9]+)*/[a-z0-9](([_.]|-{1,2})?[a-z0-9]+)*$#i', $name)) {
        problem('composer.lock', 'a package with the name ' . json_encode($name));
        continue;
    }
    if (isset($package['target-dir']) && !inside($package['target-dir'])) problem('composer.lock', "$name: a target directory outside of it");
    foreach ((array) ($package['bin'] ?? []) as $bin) {
        if (!inside($bin)) problem('composer.lock', "$name: the program " . json_encode($bin) . ' outside of it');
    }
    if (isset($package['notification-url'])) {
        $why = fetchable($package['notification-url']);
        if ($why !== null) problem('composer.lock', "$name: tells of its installation where nothing is fetched from, $why");
    }
    // How it is fetched is said there too: with which headers, and whether certificates count.
    if (array_diff(array_keys((array) ($package['transport-options'] ?? [])), ['relative', 'symlink', 'reference', 'versions'])) {
        problem('composer.lock', "$name: transport options " . json_encode($package['transport-options']));
    }
    foreach (['dist', 'source'] as $kind) {
        if (!isset($package[$kind])) continue;
        $from = $package[$kind];
        if (($from['type'] ?? '') === 'path') {
            if (!really_inside($from['url'] ?? '')) problem('composer.lock', "$name: at a path outside of the project: " . json_encode($from['url'] ?? ''));
            continue;
        }
        foreach ([$from['url'] ?? null, ...array_column($from['mirrors'] ?? [], 'url')] as $url) {
            if (is_string($url) && $kind === 'dist' && really_inside($url) && is_file("$tree/$url")) continue;
            $why = fetchable($url);
            if ($why !== null) problem('composer.lock', "$name: $why");
        }
    }
}
if ($problems) {
    echo "unsafe\n", implode('', $problems);
    exit(65);
}
PHP
"$php" -n check.php "$(realpath -e -- "$tree")" "$root" "$locals" || exit $?

set -- install --no-dev --no-interaction --no-progress --no-ansi --prefer-dist --optimize-autoloader
[ "$trusted" = yes ] || set -- "$@" --no-scripts --no-plugins
[ -d "$store/composer" ] || mkdir -m 0700 -- "$store/composer"
# The same lock gives the same files everywhere, also where composer would take a name by chance.
printf '{"config": {"autoloader-suffix": "%s"}}\n' "$(sha256sum "$tree/composer.lock" | cut -c 1-32)" >"$HOME/composer/config.json"
code=0
(
    unset GIT_CONFIG_NOSYSTEM GIT_SSH_COMMAND GIT_SSH_VARIANT
    export COMPOSER_HOME="$HOME/composer" COMPOSER_CACHE_DIR="$store/composer" COMPOSER_NO_AUDIT=1 \
        COMPOSER_DISABLE_XDEBUG_WARN=1 COMPOSER_HTACCESS_PROTECT=0 COMPOSER_MEMORY_LIMIT=2G COMPOSER_PROCESS_TIMEOUT=600 \
        GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_ALLOW_PROTOCOL=https GIT_TERMINAL_PROMPT=0
    cd -- "$tree"
    bounded "$php" "$(command -v composer)" "$@" >"$HOME/said" 2>&1 </dev/null
) || code=$?
rm -rf -- "$HOME/composer"
[ "$code" = 0 ] || fail 66 "composer says: $(tail -c 4000 said)"
find "$tree" -type f -printf '%s\n' |
    awk -v "files=$maxfiles" -v "bytes=$maxbytes" '{ n++; s += $1 } n > files || s > bytes { exit 3 }' ||
    fail 66 "with its packages the code has more than $maxfiles files or $maxbytes bytes"
grep -i '^warning' said | head -n 5 | sed 's/^/note composer: /' || :
printf 'note composer.lock is %s\n' "$(sha256sum "$tree/composer.lock" | cut -d ' ' -f 1)"
