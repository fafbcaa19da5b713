<?php
// SPDX-License-Identifier: Apache-2.0
// Asks a pool, in FastCGI, for a path that it answers itself, until the answer is the expected one.
// Arguments: the socket, the path, the answer, how many seconds it may take.
[, $socket, $path, $expected, $seconds] = $argv;

function record($type, $content)
{
    return pack('CCnnCx', 1, $type, 1, strlen($content), 0) . $content;
}

function ask($socket, $path)
{
    $stream = @stream_socket_client("unix://$socket", $number, $message, 2);
    if (!$stream) {
        return "$socket: $message";
    }
    stream_set_timeout($stream, 5);
    $names = '';
    foreach (['REQUEST_METHOD' => 'GET', 'SCRIPT_NAME' => $path, 'SCRIPT_FILENAME' => $path] as $name => $value) {
        $names .= chr(strlen($name)) . chr(strlen($value)) . $name . $value;
    }
    fwrite($stream, record(1, pack('nCx5', 1, 0)) . record(4, $names) . record(4, '') . record(5, ''));
    $answer = '';
    while (strlen($head = (string) stream_get_contents($stream, 8)) === 8) {
        $record = unpack('Cversion/Ctype/nid/nlength/Cpadding', $head);
        $content = $record['length'] ? stream_get_contents($stream, $record['length']) : '';
        if ($record['padding']) {
            stream_get_contents($stream, $record['padding']);
        }
        if ($record['type'] === 6) {
            $answer .= $content;
        }
        if ($record['type'] === 3) {
            break;
        }
    }
    return substr((string) strstr($answer, "\r\n\r\n"), 4);
}

$until = microtime(true) + $seconds;
$nap = 3000;
while (($answer = ask($socket, $path)) !== $expected) {
    if (microtime(true) > $until) {
        fwrite(STDERR, "it answered: " . substr($answer, 0, 300) . "\n");
        exit(1);
    }
    usleep($nap); // nobody tells us when php-fpm has read its configuration; that takes it from 20 ms to some 100 ms
    $nap = min($nap + 1000, 30000);
}
