<?php
// SPDX-License-Identifier: Apache-2.0
// Notes every line that comes by TCP or UDP.
$tcp = stream_socket_server('tcp://0.0.0.0:9999');
$smtp = stream_socket_server('tcp://0.0.0.0:2525');
$udp = stream_socket_server('udp://0.0.0.0:9999', $number, $message, STREAM_SERVER_BIND);
touch('/tmp/hears.ready');
while (true) {
    $ready = [$tcp, $smtp, $udp];
    $none = null;
    stream_select($ready, $none, $none, null);
    foreach ($ready as $socket) {
        if ($socket === $udp) {
            $line = stream_socket_recvfrom($udp, 1000);
        } else {
            $peer = stream_socket_accept($socket);
            stream_set_timeout($peer, 1);
            $line = fgets($peer, 1000);
            fclose($peer);
        }
        file_put_contents('/tmp/heard', rtrim((string) $line) . "\n", FILE_APPEND);
    }
}
