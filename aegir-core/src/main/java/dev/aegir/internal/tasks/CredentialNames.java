// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of a site's database accounts and of its databases, one after the other: known by the site's id, then with a number. */
final class CredentialNames {
    private static final Pattern NUMBERED = Pattern.compile("(.+)_([0-9]{1,3})");
    private static final int MOST = 999;

    private CredentialNames() {}

    static String next(Site site) {
        return next(site, "db.user");
    }

    /** The name of a database beside the present one. */
    static String nextDatabase(Site site) {
        return next(site, "db.name");
    }

    private static String next(Site site, String setting) {
        Optional<Settings> left = Former.of(site).map(Site::settings);
        String name = site.settings().text(setting).orElse("");
        do {
            Matcher numbered = NUMBERED.matcher(name);
            int number = numbered.matches() ? Integer.parseInt(numbered.group(2)) % MOST + 1 : 2;
            name = site.id().account() + "_" + number;
            // What the site has left behind goes one day, by its name, and nothing else with it.
        } while (left.isPresent() && isOf(left.get(), name));
        return name;
    }

    private static boolean isOf(Settings settings, String name) {
        return settings.text("db.user").filter(name::equals).isPresent()
                || settings.text("db.name").filter(name::equals).isPresent();
    }
}
