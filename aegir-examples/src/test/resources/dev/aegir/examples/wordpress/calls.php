<?php
// SPDX-License-Identifier: Apache-2.0
// Calls out in every way that comes to mind, wherever it runs, and notes what came of it.
(static function (): void {
    $who = (string) parse_url(WP_HOME, PHP_URL_HOST) . ' ' . PHP_SAPI;
    $reached = [];
    $say = static function (string $how, string $to, string $what) use (&$reached, $who): void {
        $stream = @stream_socket_client($to, $number, $message, 2);
        if ($stream && @fwrite($stream, "$what $who\n") !== false) {
            $reached[] = $how;
            fclose($stream);
        }
    };
    $say('tcp', 'tcp://{{address}}:9999', 'tcp');
    $say('loopback', 'tcp://127.0.0.1:9999', 'loopback');
    $say('smtp', 'tcp://{{address}}:2525', 'smtp');
    if (@file_get_contents('http://{{address}}:9999/', false, stream_context_create(['http' => ['timeout' => 1]])) !== false) {
        $reached[] = 'http';
    }
    // A datagram is sent whether anybody hears it or not, unless there is no way at all.
    $say('udp', 'udp://{{address}}:9999', 'udp');
    if (@stream_socket_client('unix:///run/dbus/system_bus_socket', $number, $message, 2)) {
        $reached[] = 'bus';
        $say('bus', 'tcp://{{address}}:9999', 'bus');
    }
    $what = $reached === [] ? 'nothing' : implode(' ', $reached);
    @file_put_contents(AEGIR_FILES . '/said.txt', "$who: $what reached\n", FILE_APPEND);
})();
