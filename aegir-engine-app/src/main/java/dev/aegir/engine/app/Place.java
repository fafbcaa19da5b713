// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;

/**
 * How and within what bounds a service builds releases: the settings that all engines which bring code have in common.
 *
 * @param cache where what may be fetched again is kept
 * @param run where locks and secrets are while a job runs
 * @param account the unprivileged account that fetches and unpacks
 * @param root the directory that {@code file} sources must be below
 * @param locals whether a name may lead to the server itself or to a link-local address
 * @param maxFiles how many files a release may have
 * @param maxMebibytes how big a release may be
 * @param timeoutMinutes how long it may take to bring one
 */
record Place(
        HostPath cache,
        HostPath run,
        String account,
        HostPath root,
        boolean locals,
        int maxFiles,
        int maxMebibytes,
        int timeoutMinutes) {
    Place {
        plain("cache", cache);
        plain("run", run);
        if (!account.matches("[a-z_][a-z0-9_-]{0,31}") || account.equals("root")) {
            throw new InvalidValueException("account", account, "name an account without privileges");
        }
        positive("max-files", maxFiles);
        positive("max-size-mib", maxMebibytes);
        positive("timeout-minutes", timeoutMinutes);
    }

    static Place of(Settings settings, String root) {
        return new Place(
                settings.path("cache", "/var/cache/aegir"),
                settings.path("run", "/run/aegir"),
                settings.text("account").orElse("aegir-build"),
                settings.path("file-root", root),
                settings.text("allow-local-addresses").orElse("false").equals("true"),
                settings.number("max-files", 200_000),
                settings.number("max-size-mib", 4096),
                settings.number("timeout-minutes", 30));
    }

    /** These paths stand in configuration of git and ssh, where other characters have meanings. */
    private static void plain(String setting, HostPath path) {
        if (!path.value().matches("[A-Za-z0-9._/-]+") || path.components().isEmpty()) {
            throw new InvalidValueException(setting, path.value(), "letters, digits and . _ - / are allowed here");
        }
    }

    private static void positive(String setting, int number) {
        if (number < 1) {
            throw new InvalidValueException(setting, Integer.toString(number), "it must be at least 1");
        }
    }
}
