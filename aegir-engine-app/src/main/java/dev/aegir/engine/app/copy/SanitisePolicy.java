// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.copy;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Site;
import java.util.Locale;

/**
 * What a site's settings say of copies for lower environments, beside what every copy loses. All are lists with commas between.
 *
 * @param keep the setting {@code sanitise.keep}: addresses, or domains written as {@code @example.net}, that may stay
 * @param empty the setting {@code sanitise.empty}: tables that lose all rows; with a star at the end, all whose names begin so
 * @param forget the setting {@code sanitise.forget}: names of what is set in the database and goes, with a star likewise
 */
public record SanitisePolicy(String keep, String empty, String forget) {
    /** Makes it. */
    public SanitisePolicy {}

    /**
     * That of a site.
     *
     * @param site the copy
     * @return what its settings say
     */
    public static SanitisePolicy of(Site site) {
        return new SanitisePolicy(
                said(
                                site,
                                "sanitise.keep",
                                "[A-Za-z0-9._+'-]{0,64}@[A-Za-z0-9.-]{1,190}",
                                "write addresses, or domains as @example.net, separated by commas")
                        .toLowerCase(Locale.ROOT),
                said(
                        site,
                        "sanitise.empty",
                        "[A-Za-z0-9_]{1,64}\\*?",
                        "write names of tables, perhaps with a star at the end, separated by commas"),
                said(
                        site,
                        "sanitise.forget",
                        "[A-Za-z0-9_.:-]{1,191}\\*?",
                        "write names of what is set, perhaps with a star at the end, separated by commas"));
    }

    private static String said(Site site, String setting, String each, String hint) {
        String value = site.settings().text(setting).orElse("");
        if (!value.matches("(?:\\s*" + each + "\\s*(?:,|$))*")) {
            throw new InvalidValueException("setting " + setting, value, hint);
        }
        return value;
    }

    /**
     * For a preview.
     *
     * @return what goes by it, for people
     */
    public String told() {
        return "addresses of people" + (keep.isEmpty() ? "" : " but " + keep)
                + (empty.isEmpty() ? "" : ", all rows of " + empty)
                + (forget.isEmpty() ? "" : ", what is set as " + forget);
    }
}
