// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The settings of a pool, as {@link PhpFpmEngine} documents them, read and checked: nothing else can be set for a site. */
record PhpLimits(
        int memory,
        int processes,
        int requests,
        int seconds,
        int upload,
        int idle,
        int inputVariables,
        String timezone,
        boolean displayErrors,
        boolean opcache,
        List<String> deploy,
        boolean egress) {
    private static final Set<String> KNOWN = Set.of(
            "memory",
            "processes",
            "requests",
            "seconds",
            "upload",
            "idle",
            "input-vars",
            "timezone",
            "display-errors",
            "opcache",
            "deploy",
            "egress");

    static PhpLimits of(Settings settings) {
        Set<String> unknown = new TreeSet<>(settings.values().keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new InvalidValueException(
                    "setting of a pool", unknown.iterator().next(), "there is " + new TreeSet<>(KNOWN));
        }
        String timezone = settings.text("timezone").orElse("UTC");
        if (!timezone.matches("[A-Za-z]+(/[A-Za-z][A-Za-z0-9_+-]*){0,2}")) {
            throw new InvalidValueException("setting timezone", timezone, "write it like Europe/Berlin");
        }
        return new PhpLimits(
                number(settings, "memory", 128, 16, 65_536, "MB"),
                number(settings, "processes", 5, 1, 1000, "processes"),
                number(settings, "requests", 500, 1, 1_000_000, "requests that a process answers"),
                number(settings, "seconds", 60, 1, 3600, "seconds that a request may take"),
                number(settings, "upload", 32, 1, 65_536, "MB"),
                number(settings, "idle", 10, 1, 3600, "seconds after which an idle process ends"),
                number(settings, "input-vars", 5000, 100, 100_000, "input variables"),
                timezone,
                on(settings, "display-errors", false),
                on(settings, "opcache", true),
                accounts(settings),
                on(settings, "egress", true));
    }

    private static List<String> accounts(Settings settings) {
        List<String> accounts = settings.text("deploy").filter(text -> !text.isBlank()).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .distinct()
                .sorted()
                .toList();
        for (String account : accounts) {
            if (!account.matches("[a-z_][a-z0-9_-]{0,31}")) {
                throw new InvalidValueException(
                        "setting deploy", account, "write accounts with commas between, as ann,bob");
            }
        }
        return accounts;
    }

    private static int number(Settings settings, String name, int otherwise, int least, int most, String what) {
        int number = settings.number(name, otherwise);
        if (number < least || number > most) {
            throw new InvalidValueException(
                    "setting " + name, String.valueOf(number), "write " + least + " to " + most + " " + what);
        }
        return number;
    }

    private static boolean on(Settings settings, String name, boolean otherwise) {
        String text = settings.text(name).orElse(otherwise ? "on" : "off");
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new InvalidValueException("setting " + name, text, "write on or off");
        };
    }
}
