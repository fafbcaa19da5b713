// SPDX-License-Identifier: Apache-2.0
// Files of about the same total, half of them words and half of them bytes that no program makes smaller.
[, $to, $files, $megabytes, $round, $every] = $argv;
mt_srand(1000 + (int) $round);
$words = [];
for ($i = 0; $i < 5000; $i++) {
    $words[] = substr(md5((string) $i), 0, mt_rand(2, 10));
}
$mean = $megabytes * 1e6 / $files;
for ($i = $round % $every; $i < $files; $i += $every) {
    $directory = sprintf('%s/%03d', $to, intdiv($i, 100));
    is_dir($directory) || mkdir($directory);
    $size = (int) ($mean * mt_rand(20, 180) / 100);
    if ($i % 2) {
        $text = random_bytes(max(1, $size));
    } else {
        $text = '';
        while (strlen($text) < $size) {
            $text .= $words[mt_rand(0, 4999)] . ' ' . $words[mt_rand(0, 4999)] . ' ' . $words[mt_rand(0, 4999)] . "\n";
        }
    }
    file_put_contents(sprintf('%s/f%06d', $directory, $i), $text) !== false || exit(1);
}
