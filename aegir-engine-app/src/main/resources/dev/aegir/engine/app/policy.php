<?php
/** Keys that take real money, as Stripe, Razorpay and Mollie write them, and what Stripe signs its calls with. */
const AEGIR_KEY = '~\b(?:(?:sk|rk|pk|rzp)_live_[A-Za-z0-9]{10,}|live_[A-Za-z0-9]{24,}|whsec_[A-Za-z0-9+/=]{16,})~';

/** What members are called that open something elsewhere. */
const AEGIR_SECRET = '~secret|passw|passphrase|private|token|signature|webhook|(?:api|access|merchant)[_ -]?(?:key|login)|(?:^|_)key$~i';

/** A text without such keys, and as long as it was, so that what is serialised stays readable. */
function aegir_keyless(string $text): string
{
    return (string) preg_replace_callback(AEGIR_KEY, static fn (array $m) => str_repeat('x', strlen($m[0])), $text);
}

/** The addresses of people and the keys that a text has and may not have. */
function aegir_left(string $text, array $keep): int
{
    preg_match_all(AEGIR_ADDRESS, $text, $found);
    return preg_match_all(AEGIR_KEY, $text)
        + count(array_filter($found[0], static fn (string $address) => !aegir_harmless($address, $keep)));
}

/**
 * What is stored of a way to pay, with nothing that opens an account elsewhere; $off says what a member becomes that switches it.
 * Objects are none of that, and are not made.
 */
function aegir_unpaid(array $stored, callable $off): array
{
    foreach ($stored as $name => $value) {
        $stored[$name] = match (true) {
            is_array($value) => aegir_unpaid($value, $off),
            is_object($value) => '',
            !is_bool($value) && $value !== null && preg_match(AEGIR_SECRET, (string) $name) === 1 => '',
            default => $off($name, $value),
        };
    }
    return $stored;
}

/** The same of what is serialised; nothing when that cannot be read. */
function aegir_unpaid_text(string $text, callable $off): string
{
    $stored = @unserialize($text, ['allowed_classes' => false]);
    return is_array($stored) ? serialize(aegir_unpaid($stored, $off)) : '';
}

/** Whether a name is one of those that a site's settings list: itself, or what it begins with before a star. */
function aegir_named(string $name, array $names): bool
{
    foreach ($names as $each) {
        if ($name === $each || str_ends_with($each, '*') && str_starts_with($name, substr($each, 0, -1))) {
            return true;
        }
    }
    return false;
}

/** Those of the tables that are there which a site's settings name; one that is named wholly must be there. */
function aegir_emptied(array $tables, array $names, callable $fail): array
{
    foreach ($names as $name) {
        if (!str_ends_with($name, '*') && !in_array($name, $tables, true)) {
            $fail('NO_TABLE', "there is no table $name");
        }
    }
    return array_values(array_filter($tables, static fn (string $table) => aegir_named($table, $names)));
}

/** Ends with what is left, if anything is. */
function aegir_proved(array $left, string $problem, callable $fail): void
{
    if ($left !== []) {
        $fail($problem, implode(', ', array_map(static fn ($where, $n) => "$n in $where", array_keys($left), $left)));
    }
}
