<?php
const AEGIR_ADDRESS = '~[A-Za-z0-9._+\'-]{1,64}(?<at>@|%40)(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}~i';

/** Whether an address may stay: it is one that nobody has, or one that is allowed. */
function aegir_harmless(string $address, array $keep): bool
{
    $address = strtolower(str_ireplace('%40', '@', $address));
    return str_ends_with($address, '.invalid')
        || in_array($address, $keep, true)
        || in_array(strstr($address, '@'), $keep, true);
}

/**
 * A text without the addresses of people. Each becomes one of the same length that nobody has, and always the same one, so
 * that what is serialised stays readable and what belonged together still does.
 */
function aegir_anonymous(string $text, array $keep, int &$changed): string
{
    return (string) preg_replace_callback(AEGIR_ADDRESS, static function (array $m) use ($keep, &$changed) {
        if (aegir_harmless($m[0], $keep)) {
            return $m[0];
        }
        $changed++;
        $end = (strlen($m[0]) >= 14 ? 'x.invalid' : 'x.x');
        $local = strlen($m[0]) - strlen($m['at']) - strlen($end);
        $hash = hash('sha256', strtolower($m[0]));
        return substr(str_repeat($hash, intdiv($local, 64) + 1), 0, $local) . $m['at'] . $end;
    }, $text);
}
